from . import morning
from . import kam_desk_tile
from . import kam_desk_start
from . import kam_desk_credit
from . import kam_desk_check
from . import kam_desk_receivable
from . import kam_desk_order
from . import kam_desk
