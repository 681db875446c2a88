from . import (
    test_catalogue,
    test_check,
    test_check_documents,
    test_check_score,
    test_no_check,
    test_reminders,
    test_renewal,
)
