from . import kam_visit_plan_report
from . import kam_visit_plan_sheet
