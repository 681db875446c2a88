"""Install, upgrade and uninstall on a database with years of documents.

In databases of its own, by Odoo processes of their own. `./kam test` says where
things are by the environment; without it they are those of the running Odoo.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, quote_ident

import odoo
from odoo.modules import Manifest
from odoo.tests import BaseCase, tagged
from odoo.tools import config

ADDON = "key_account_management"
BASE = "sale_management,sale_crm"
# Complaints of Odoo's own that do not come from the addon.
NOISE = re.compile(r"docutils|security risk|longpolling|without a demo")
COMPLAINT = re.compile(r"^\S+ \S+ \d+ (?:WARNING|ERROR|CRITICAL) .*", re.MULTILINE)


class Server:
    """The PostgreSQL server and the Odoo of the running tests."""

    def __init__(self, name, folder):
        self.name = name
        self.folder = Path(folder)
        self.python = os.environ.get("KAM_PYTHON") or sys.executable
        known = os.environ.get("KAM_ODOO_PATH")
        self.odoo_path = known or str(Path(odoo.__path__[0]).parent)
        self.data = Path(config["data_dir"])
        self.configuration = self.folder / "odoo.conf"
        addons = [str(Path(Manifest.for_addon(ADDON).path).parent)]
        addons += [path for path in config["addons_path"] if path not in addons]
        lines = {
            "addons_path": ",".join(addons),
            "data_dir": str(self.data),
            "db_host": config["db_host"] or os.environ.get("PGHOST"),
            "db_port": config["db_port"] or os.environ.get("PGPORT"),
            "db_user": config["db_user"] or os.environ.get("PGUSER"),
            "db_password": config["db_password"],
        }
        self.lines = {key: value for key, value in lines.items() if value}
        text = "\n".join(f"{key} = {value}" for key, value in self.lines.items())
        self.configuration.write_text(f"[options]\n{text}\n")

    def connect(self, database="postgres"):
        names = {"host": "db_host", "port": "db_port", "user": "db_user"}
        options = {key: self.lines.get(name) for key, name in names.items()}
        connection = psycopg2.connect(
            dbname=database, password=self.lines.get("db_password"), **options
        )
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        return closing(connection)

    def ask(self, query, database=None):
        with self.connect(database or self.name) as connection:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall()

    def change(self, statement, *names):
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(statement.format(*(quote_ident(n, cursor) for n in names)))

    def filestore(self, database):
        return self.data / "filestore" / database

    def drop(self, database):
        self.change("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)
        shutil.rmtree(self.filestore(database), ignore_errors=True)

    def copy(self, source, target):
        self.drop(target)
        for attempt in range(60):
            try:
                self.change("CREATE DATABASE {} TEMPLATE {}", target, source)
                break
            except psycopg2.errors.ObjectInUse:  # somebody else is copying it
                if attempt == 59:
                    raise
                time.sleep(1)
        if self.filestore(source).exists():
            shutil.copytree(self.filestore(source), self.filestore(target))

    def make_base(self):
        """A copy of the database without the addon, or a new one."""
        base = os.environ.get("KAM_BASE")
        if base and self.ask(
            f"SELECT 1 FROM pg_database WHERE datname = '{base}'", "postgres"
        ):
            self.copy(base, self.name)
        else:
            self.drop(self.name)
            self.odoo("-i", BASE)

    def run(self, *arguments, text=""):
        """What a process of Odoo wrote; an error if it failed."""
        done = subprocess.run(
            [self.python, *map(str, arguments)],
            input=text,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": self.odoo_path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
        if done.returncode or (text and "RESULT " not in done.stdout):
            raise AssertionError(f"{arguments}:\n{done.stdout[-5000:]}")
        return done.stdout

    def odoo(self, *arguments):
        """The log of Odoo installing or upgrading modules."""
        options = ["--stop-after-init", "--no-http", "--log-level=info"]
        return self.run(
            *("-m", "odoo", "-c", self.configuration, "-d", self.name),
            *(*options, *arguments),
        )

    def inside(self, function):
        """Log and result of a function of `old_company` in the database."""
        script = Path(__file__).with_name("old_company.py").read_text()
        return self.inside_text(script, function)

    def inside_text(self, script, function):
        """Log and result of a function of a script in the database."""
        call = f"print('RESULT', __import__('json').dumps({function}(env)))"
        log = self.run(
            *("-m", "odoo", "shell", "-c", self.configuration, "-d", self.name),
            *("--no-http", "--log-level=warn"),
            text=f"{script}\n\n{call}\nenv.cr.commit()\n",
        )
        log, _mark, result = log.rpartition("RESULT ")
        return log, json.loads(result.splitlines()[0])

    def schema(self):
        """Tables with their columns, indexes, constraints and views."""
        queries = (
            "SELECT table_name, column_name, udt_name FROM information_schema.columns"
            " WHERE table_schema = 'public'",
            "SELECT tablename, indexname, indexdef FROM pg_indexes"
            " WHERE schemaname = 'public'",
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
            "SELECT sequencename, '', '' FROM pg_sequences WHERE schemaname = 'public'",
        )
        return {row for query in queries for row in self.ask(query)}


# Rows that point at models, fields or records of the addon.
REMAINS = {
    "external ids": f"ir_model_data WHERE module = '{ADDON}'",
    "models": "ir_model WHERE model LIKE 'kam.%' OR model LIKE 'sale.order.credit.%'",
    "fields": "ir_model_fields WHERE name LIKE 'kam\\_%' OR name IN"
    " ('credit_decision_id', 'credit_state', 'credit_rest', 'is_key_client')",
    # Core leaves the names of foreign keys behind, for its own modules as well.
    "constraints": "ir_model_constraint WHERE type != 'f'"
    " AND (name LIKE '%kam\\_%' OR name LIKE '%credit\\_rest%')",
    "relations": "ir_model_relation WHERE name LIKE '%kam\\_%'",
    "access rights": "ir_model_access WHERE name LIKE 'kam.%'",
    "rules": "ir_rule WHERE name LIKE '%kam%'",
    "groups": "res_groups WHERE name->>'en_US' IN"
    " ('Key Account Manager', 'Credit Controller', 'Sales Support')",
    "privileges": "res_groups_privilege WHERE name->>'en_US' LIKE '%Key Accounts%'",
    "crons": "ir_cron c JOIN ir_act_server a ON a.id = c.ir_actions_server_id"
    " WHERE a.name->>'en_US' LIKE 'Key Accounts%'",
    "actions": "ir_act_window WHERE res_model LIKE 'kam.%'",
    "server actions": "ir_act_server WHERE code LIKE '%credit%'",
    "views": "ir_ui_view WHERE model LIKE 'kam.%' OR name LIKE '%key_account%'"
    " OR key LIKE 'key_account%'",
    "menus": "ir_ui_menu WHERE name->>'en_US' LIKE 'Key Accounts%'",
    "reports": "ir_act_report_xml WHERE model LIKE 'kam.%'",
    "assets": "ir_asset WHERE path LIKE '%key_account%'",
    "mail templates": "mail_template WHERE model LIKE 'kam.%'",
    "messages": "mail_message WHERE model LIKE 'kam.%'",
    "followers": "mail_followers WHERE res_model LIKE 'kam.%'",
    "activities": "mail_activity WHERE res_model LIKE 'kam.%'"
    " OR summary = 'Order on hold'",
    "activity types": "mail_activity_type WHERE name->>'en_US' IN"
    " ('Credit decision', 'Match payments')",
    "attachments": "ir_attachment WHERE res_model LIKE 'kam.%'"
    " OR res_field LIKE 'kam\\_%'",
    "filters": "ir_filters WHERE model_id LIKE 'kam.%'",
    "defaults": "ir_default d LEFT JOIN ir_model_fields f ON f.id = d.field_id"
    " WHERE f.id IS NULL",
    "parameters": "ir_config_parameter WHERE key LIKE '%key_account%'",
}


@tagged("standard", "post_install", "-at_install")
class TestLifecycle(BaseCase):
    """One life of one database; the tests look at what was written down of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.mkdtemp(prefix="kam_lifecycle_")
        cls.addClassCleanup(shutil.rmtree, folder)
        (running,) = config["db_name"]
        cls.server = Server(f"{running}_life", folder)
        cls.addClassCleanup(cls.server.drop, cls.server.name)
        cls.server.make_base()
        cls.logs, cls.results, cls.schemas = {}, {}, {}
        cls.live()

    @classmethod
    def live(cls):
        server = cls.server
        _log, cls.results["populated"] = server.inside("populate")
        cls.schemas["before"] = server.schema()
        cls.logs["install"] = server.odoo("-i", ADDON)
        cls.logs["look"], cls.results["look"] = server.inside("look")
        cls.schemas["installed"] = server.schema()
        cls.logs["use"], cls.results["used"] = server.inside("use")
        _log, cls.results["rules"] = server.inside("rules")
        _log, cls.results["aged"] = server.inside("age")
        cls.logs["upgrade"] = server.odoo("-u", ADDON)
        _log, cls.results["renamed"] = server.inside("renamed")
        _log, cls.results["ladder"] = server.inside("ladder")
        _log, cls.results["letters"] = server.inside("letters")
        _log, cls.results["upgraded_rules"] = server.inside("rules")
        cls.logs["work"], cls.results["upgraded"] = server.inside("work")
        cls.schemas["upgraded"] = server.schema()
        cls.logs["uninstall"], _nothing = server.inside("uninstall")
        cls.schemas["after"] = server.schema()
        cls.remains = {
            what: server.ask(f"SELECT COUNT(*) FROM {rows}")[0][0]
            for what, rows in REMAINS.items()
        }
        cls.logs["afterwards"], cls.results["afterwards"] = server.inside("still_works")

    def assertSilent(self, stage):
        found = [
            line
            for line in COMPLAINT.findall(self.logs[stage])
            if not NOISE.search(line)
        ]
        self.assertFalse(found)

    def test_installation_is_silent(self):
        self.assertIn(ADDON, self.logs["install"])
        self.assertSilent("install")
        self.assertSilent("look")

    def test_it_was_a_company_with_a_past(self):
        look = self.results["look"]
        self.assertEqual(look["modules"], ["installed"])
        self.assertGreater(self.results["populated"], 30)
        self.assertGreater(look["orders"], self.results["populated"])
        self.assertGreater(look["rests"], 10)
        self.assertLess(look["rests"], self.results["populated"])

    def test_debtors_and_rests_filled_by_sql_are_those_of_the_orm(self):
        self.assertEqual(self.results["look"]["wrong"], [])
        self.assertEqual(self.results["look"]["faults"], [])

    def test_few_rests_are_left_to_the_orm(self):
        self.assertEqual(
            self.results["look"]["left_to_orm"], ["deliver_unordered", "invoice_abroad"]
        )

    def test_installation_marks_nobody(self):
        self.assertEqual(self.results["look"]["taken"], 0)
        self.assertEqual(self.results["look"]["marked"], [0, 0, 0])

    def test_work_is_silent(self):
        self.assertSilent("use")
        used = self.results["used"]
        self.assertEqual(used["faults"], [])
        self.assertEqual((used["held"], used["released"]), (1, 1))
        self.assertEqual(used["client"], ["Old client"])
        self.assertGreater(used["invoices"], 1)

    def test_upgrade_is_silent_and_changes_nothing(self):
        self.assertSilent("upgrade")
        self.assertSilent("work")
        self.assertEqual(self.results["upgraded"], self.results["used"])
        self.assertEqual(self.schemas["upgraded"], self.schemas["installed"])

    def test_upgrade_renames_open_documents_and_resolutions(self):
        self.assertEqual(
            self.results["renamed"],
            {
                "rules": ["kam.credit.exposure"],
                "filters": ["kam.credit.exposure", "kam.credit.resolution"],
                "answers": ["Good"],
                "problems": [],
                "left": 0,
                "taken": 0,
            },
        )

    def test_upgrade_gives_the_stages_their_actions(self):
        self.assertEqual(
            self.results["ladder"],
            ["letter", "call", "letter", "head", "stop", "demand", "legal"],
        )

    def test_upgrade_gives_letters_their_currency(self):
        recipient = "{{ object.partner_id._get_kam_recipient().id }}"
        self.assertEqual(self.results["letters"], {"letters": True, "to": recipient})

    def test_upgrade_lets_substitutes_in(self):
        self.assertGreater(self.results["aged"], 20)
        self.assertEqual(self.results["upgraded_rules"], self.results["rules"])
        invoices = self.results["rules"]["account.move: kam_manager"]
        self.assertIn("manager_id", invoices)

    def test_uninstallation_is_silent(self):
        self.assertSilent("uninstall")
        self.assertSilent("afterwards")
        self.assertEqual(self.results["afterwards"], "sale")

    def test_no_table_column_index_or_constraint_stays(self):
        self.assertGreater(len(self.schemas["installed"]), len(self.schemas["before"]))
        self.assertEqual(self.schemas["after"] - self.schemas["before"], set())
        self.assertEqual(self.schemas["before"] - self.schemas["after"], set())

    def test_no_row_of_ours_stays(self):
        self.assertEqual(self.remains, dict.fromkeys(REMAINS, 0))
