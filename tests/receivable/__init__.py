from . import test_collection
from . import test_dispute
from . import test_promise
