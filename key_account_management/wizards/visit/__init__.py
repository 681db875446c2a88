from . import kam_visit_finish
from . import kam_visit_cancel
from . import kam_visit_plan_return
from . import kam_client_hand_over
from . import kam_substitution_transfer
