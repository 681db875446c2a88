from . import kam_plan_report
from . import kam_plan_chart
