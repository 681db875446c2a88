from . import test_columns
from . import test_desk
from . import test_involvement
from . import test_menus
from . import test_settings
