from . import (
    test_demo,
    test_holidays,
    test_lifecycle,
    test_packaging,
    test_scenario,
    test_translations,
)
