from . import kam_tier
from . import kam_stage
from . import kam_client
from . import kam_assignment
from . import res_partner
from . import sale_order
from . import account_move
