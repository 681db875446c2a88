from . import kam_client_reconciliation
from . import kam_reconciliation
from . import kam_reconciliation_answer
from . import kam_reconciliation_ledger
from . import kam_reconciliation_line
from . import kam_reconciliation_words
from . import res_partner
