"""A pytest plugin: skipped tests and lint findings fail the run.

A test that is skipped has proved nothing; most often its browser or its server is
missing. What failed the run is told above pytest's closing line.
"""

import os

import pytest


def _reasons(reporter):
    skipped = reporter.stats.get("skipped", [])
    reasons = [f"skipped: {report.nodeid}" for report in skipped]
    if os.environ.get("KAM_LINT"):
        reasons.append("the linters have findings, see the beginning")
    return reasons


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    passed = session.exitstatus == pytest.ExitCode.OK
    if passed and reporter is not None and _reasons(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    reasons = _reasons(terminalreporter)
    if reasons:
        terminalreporter.section("why this run has failed", red=True)
        for reason in reasons:
            terminalreporter.line(reason)
