"""The nightly job of collection is called by its new name; its xml id stays.

The scheduled action is noupdate: an upgrade leaves its code as it is. A code that
somebody has changed by hand calls the new name too.
"""

from odoo.tools import SQL


def migrate(cr, version):
    if version:
        cr.execute(
            SQL(
                "UPDATE ir_act_server SET code = replace(code, %(old)s, %(new)s)"
                " WHERE code LIKE %(pattern)s",
                old="model._cron_open_cases()",
                new="model._cron_collect()",
                pattern="%model._cron_open_cases()%",
            )
        )
