from . import client
from . import credit
from . import check
from . import receivable
from . import visit
from . import performance
