from . import client
from . import credit
from . import install
from . import security
