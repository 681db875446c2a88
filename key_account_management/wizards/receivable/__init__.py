from . import kam_reconciliation_prepare
