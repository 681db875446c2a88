from . import (
    test_assignment,
    test_brief,
    test_change_rights,
    test_classification,
    test_documents,
    test_followup,
    test_hand_over,
    test_make_client,
    test_margin,
    test_membership,
    test_merge,
    test_substitution,
)
