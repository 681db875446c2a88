from . import client
from . import credit
from . import receivable
