"""Run the tests of some modules with everything installed, and write down the outcome.

Odoo runs `at_install` tests while a module is being installed, when no module that
depends on it is there yet; here they run with the complete registry like all others.
"""

import json
import re
from pathlib import Path

import odoo.http
import odoo.tests.shell
from odoo.service import server
from odoo.tests.result import OdooTestResult
from odoo.tools import config

BUDGET = re.compile(r"Query count more than expected.*?: (\d+) > (\d+)")
ALLOWED_EXCESS = 2
REASON_LENGTH = 160


def main(env, modules, tags, result):
    database = env.cr.dbname
    env["ir.qweb"]._pregenerate_assets_bundles()
    env.cr.commit()  # a transaction left open would be in the tests' way
    config["http_enable"] = True
    config["test_tags"] = tags
    config["test_enable"] = True
    server.load_server_wide_modules()
    server.server = server.ThreadedServer(odoo.http.root)
    server.server.start(stop=False)
    outcome = Outcome()
    outcome.listen()
    report = odoo.tests.shell._run_tests(database, modules.split(","))
    outcome.write(result, report.testsRun)


class Outcome:
    """What became of the tests that did not pass."""

    def __init__(self):
        self.failed = {}
        self.budgets = {}
        self.skipped = []

    def listen(self):
        """Have Odoo's result object tell us, beside its log."""
        log_error, add_skip = OdooTestResult.logError, OdooTestResult.addSkip
        start = OdooTestResult.startTest
        outcome = self

        def started(self, test):
            print(identify(test), flush=True)  # the last line of the log is shown
            return start(self, test)

        def logged_error(self, flavour, test, error):
            outcome.add(test, error)
            return log_error(self, flavour, test, error)

        def added_skip(self, test, reason):
            outcome.skipped.append(f"{identify(test)}: {reason}")
            return add_skip(self, test, reason)

        OdooTestResult.startTest = started
        OdooTestResult.logError = logged_error
        OdooTestResult.addSkip = added_skip

    def add(self, test, error):
        test = identify(test)
        reason = " ".join(str(error[1]).split()) or error[0].__name__
        found = BUDGET.search(reason)
        within = found and int(found[1]) - int(found[2]) <= ALLOWED_EXCESS
        if within and test not in self.failed:
            self.budgets[test] = found[0]
        elif not within:
            self.budgets.pop(test, None)
        self.failed[test] = reason[:REASON_LENGTH]

    def write(self, path, run):
        Path(path).write_text(json.dumps({"run": run, **vars(self)}, indent=1))


def identify(test):
    """`module:Class.method` of a test, also of a subtest or of a failed set-up."""
    test = getattr(test, "test_case", None) or test
    identity = getattr(test, "id", lambda: str(test))()
    found = re.search(
        r"odoo\.addons\.(\w+)\.tests\.[\w.]+?\.(\w+(?:\.test\w*)?)\)?$", identity
    )
    return f"{found[1]}:{found[2]}" if found else identity
