from . import (
    test_assignment,
    test_change_rights,
    test_documents,
    test_make_client,
    test_membership,
    test_merge,
)
