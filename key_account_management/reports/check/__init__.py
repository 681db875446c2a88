from . import kam_credit_check_report
