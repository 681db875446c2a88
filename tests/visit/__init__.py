from . import (
    test_calendar,
    test_cover,
    test_plan,
    test_plan_figures,
    test_reasons,
    test_rhythm,
    test_round,
    test_route,
    test_sheet,
    test_visit,
    test_week,
)
