from . import (
    test_buttons,
    test_companies,
    test_doors,
    test_entered,
    test_gate_bypass,
    test_guard,
    test_immutable,
    test_leaks,
    test_matrix,
    test_substitution_rights,
    test_ways_round,
)
