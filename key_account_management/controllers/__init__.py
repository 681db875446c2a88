from . import reconciliation
from . import signature
from . import workbook
