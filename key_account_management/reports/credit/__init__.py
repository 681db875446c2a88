from . import ir_actions_report
from . import kam_credit_exposure
from . import kam_credit_history
