"""Building the documents of the demo company: each part as the builder tells it."""

import re
import subprocess
import sys

import odoo.sql_db

SECONDS = 90
ADDON = "key_account_management_demo"
PART = re.compile(r"(Demo company: .+), ([\d.]+) s")


def measure(bench):
    configuration, database = bench.installing["demo"]
    with odoo.sql_db.db_connect(database).cursor() as cr:
        # Odoo loads no demo data of a module whose dependencies have none.
        cr.execute("UPDATE ir_module_module SET demo = TRUE WHERE state = 'installed'")
    odoo.sql_db.close_db(database)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "odoo", "-c", configuration, "-d", database),
            *("-i", ADDON, "--with-demo", "--stop-after-init", "--no-http"),
        ],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    for title, seconds in PART.findall(done.stdout):
        bar = SECONDS if title.endswith("all of it") else None
        yield bench.bar(title, float(seconds), bar, "s")
