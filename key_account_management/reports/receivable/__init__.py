from . import kam_receivable_payment
from . import kam_receivable_report
