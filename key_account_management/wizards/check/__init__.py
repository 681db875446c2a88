from . import kam_credit_check_lower
from . import kam_credit_check_reject
