from . import base_partner_merge_automatic_wizard
from . import kam_credit_decision_answer
from . import kam_credit_decision_release
from . import kam_credit_decision_reject
from . import kam_credit_line_set
from . import sale_order_credit_request
from . import sale_order_credit_close
