"""A database with the demo company, made once for all tests that look at it."""

import atexit
import functools
import os
import shutil
import tempfile

from odoo import SUPERUSER_ID, api
from odoo.orm.registry import Registry
from odoo.tests import BaseCase
from odoo.tests.common import get_db_name

from ..credit import test_concurrency as concurrency
from . import test_lifecycle as lifecycle

ADDON = lifecycle.ADDON
BUILDER = f"{ADDON}_demo"


@functools.cache
def get_registry():
    """The registry of a database with the demo company.

    The running database, if it has one. Else a copy of the one that the variable
    KAM_DEMO names, else one that is built here; both go when the process ends.
    """
    if "kam.demo" in Registry(get_db_name()):
        return Registry(get_db_name())
    folder = tempfile.mkdtemp(prefix="kam_demo_")
    atexit.register(shutil.rmtree, folder)
    server = lifecycle.Server(f"{get_db_name()}_demo", folder)
    atexit.register(server.drop, server.name)
    if source := os.environ.get("KAM_DEMO"):
        server.copy(source, server.name)
    else:
        build(server)
    return concurrency.TestRace.load_registry(server.name)


def build(server):
    server.make_base()
    # Odoo loads no demo data of a module whose dependencies have none.
    server.ask(
        "UPDATE ir_module_module SET demo = TRUE WHERE state = 'installed' RETURNING id"
    )
    server.odoo("-i", BUILDER, "--with-demo")


class DemoCase(BaseCase):
    """Looks at the demo company; what a test does there is rolled back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = get_registry()

    def setUp(self):
        super().setUp()
        cr = self.demo.cursor()
        self.addCleanup(cr.close)
        self.env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})

    def ref(self, name):
        return self.env.ref(f"{ADDON}.{name}")
