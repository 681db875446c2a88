from . import credit
from . import install
