from . import client
from . import credit
from . import check
from . import receivable
from . import performance
from . import visit
