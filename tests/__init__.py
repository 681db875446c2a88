# Odoo's own runner looks for modules named test_* here, and not in the rooms.
from .check import *  # noqa: F403
from .client import *  # noqa: F403
from .credit import *  # noqa: F403
from .home import *  # noqa: F403
from .install import *  # noqa: F403
from .performance import *  # noqa: F403
from .receivable import *  # noqa: F403
from .security import *  # noqa: F403
from .visit import *  # noqa: F403
from .web import *  # noqa: F403
