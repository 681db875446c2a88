from . import digest
from . import reconciliation
from . import signature
from . import workbook
