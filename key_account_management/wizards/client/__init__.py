from . import base_partner_merge_automatic_wizard
from . import kam_client_make
from . import kam_client_hand_over
from . import kam_client_dissolve
from . import sale_order_followup
from . import kam_substitution_transfer
