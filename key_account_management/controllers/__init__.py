from . import reconciliation
from . import workbook
