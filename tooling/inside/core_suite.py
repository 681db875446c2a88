"""Run the tests of some modules with everything installed, and write down the outcome.

Odoo runs `at_install` tests while a module is being installed, when no module that
depends on it is there yet; here they run with the complete registry like all others.
"""

import json
import re
from pathlib import Path

import odoo.http
import odoo.tests.loader
import odoo.tests.shell
from odoo.service import server
from odoo.tests.result import OdooTestResult
from odoo.tools import config

BUDGET = re.compile(r"Query count more than expected.*?: (\d+) > (\d+)")
ALLOWED_EXCESS = 2
REASON_LENGTH = 160
failed, budgets, skipped = {}, {}, []


class Result(OdooTestResult):
    """Odoo's result, which also notes what became of the tests that did not pass."""

    def startTest(self, test):
        print(identify(test), flush=True)  # the last line of the log is shown
        return super().startTest(test)

    def logError(self, flavour, test, error):
        note(identify(test), error)
        return super().logError(flavour, test, error)

    def addSkip(self, test, reason):
        skipped.append(f"{identify(test)}: {reason}")
        return super().addSkip(test, reason)


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
    odoo.tests.loader.OdooTestResult = odoo.tests.shell.OdooTestResult = Result
    run = odoo.tests.shell._run_tests(database, modules.split(",")).testsRun
    outcome = {"run": run, "failed": failed, "budgets": budgets, "skipped": skipped}
    Path(result).write_text(json.dumps(outcome, indent=1))


def note(test, error):
    reason = " ".join(str(error[1]).split()) or error[0].__name__
    found = BUDGET.search(reason)
    within = found and int(found[1]) - int(found[2]) <= ALLOWED_EXCESS
    if within and test not in failed:
        budgets[test] = found[0]
    elif not within:
        budgets.pop(test, None)
    failed[test] = reason[:REASON_LENGTH]


def identify(test):
    """`module:Class.method` of a test, also of a subtest or of a failed set-up."""
    test = getattr(test, "test_case", None) or test
    identity = getattr(test, "id", lambda: str(test))()
    found = re.search(
        r"odoo\.addons\.(\w+)\.tests\.[\w.]+?\.(\w+(?:\.test\w*)?)\)?$", identity
    )
    return f"{found[1]}:{found[2]}" if found else identity
