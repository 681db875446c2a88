from . import test_amount_in_words
from . import test_reconciliation
from . import test_reconciliation_portal
from . import test_collection
from . import test_dispute
from . import test_promise
from . import test_ladder
