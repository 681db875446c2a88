from . import (
    test_gate_bypass,
    test_matrix,
)
