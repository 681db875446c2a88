from . import test_gate_bypass
