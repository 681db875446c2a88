from . import kam_credit_rule_limit
from . import kam_credit_rule_overdue
from . import kam_credit_rule_terms
from . import kam_credit_rule_order
from . import kam_credit_rule_no_line
from . import kam_credit_rule_expired
from . import kam_credit_rule_stop
from . import kam_credit_rule_debtor
