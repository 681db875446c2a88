from . import test_scoring
from . import test_scorecard
from . import test_sales_plan
from . import test_remark
from . import test_stamp
from . import test_job
from . import test_forecast
from . import test_reports_in
