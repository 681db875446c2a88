from . import (
    test_demo,
    test_demo_shortcuts,
    test_holidays,
    test_lifecycle,
    test_packaging,
    test_scenario,
    test_translations,
)
