from . import test_desk
from . import test_graphs
from . import test_jobs
from . import test_portal_tours
from . import test_tours
from . import test_views
from . import test_performance_tours
from . import test_pay_tours
