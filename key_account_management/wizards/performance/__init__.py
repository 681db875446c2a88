from . import kam_sales_plan_split
from . import kam_sales_plan_fill
from . import kam_sales_plan_approve
from . import kam_scorecard_close
from . import kam_remark_answer
from . import kam_move_manager
from . import kam_pay_simulation
from . import kam_report_return
