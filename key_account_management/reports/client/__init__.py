from . import kam_sales_report
from . import kam_client_brief_report
from . import kam_substitution_brief_report
