"""Old orders were said to be taken by the system; nobody knows who took them."""

from odoo import SUPERUSER_ID
from odoo.tools import SQL


def migrate(cr, version):
    if version:
        cr.execute(
            SQL(
                "UPDATE sale_order SET taken_by_id = NULL"
                " WHERE taken_by_id = %(system)s AND create_uid != %(system)s",
                system=SUPERUSER_ID,
            )
        )
