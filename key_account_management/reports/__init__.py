from . import client
from . import credit
