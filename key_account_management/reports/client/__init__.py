from . import ir_qweb_field_kam_number
from . import kam_sales_report
from . import kam_client_brief_report
from . import kam_substitution_brief_report
