from . import kam_reconciliation_prepare
from . import kam_collection_call
from . import kam_collection_pause
from . import kam_collection_forward
from . import kam_dispute_answer
from . import kam_promise_cancel
from . import kam_receivable_aging
from . import kam_receivable_aging_workbook
