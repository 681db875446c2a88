from . import (
    test_gate_bypass,
    test_leaks,
    test_matrix,
)
