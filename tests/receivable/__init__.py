from . import test_amount_in_words
from . import test_reconciliation
from . import test_reconciliation_portal
