"""Who took old orders is not known; the ORM would name the system."""

from odoo.tools import SQL


def migrate(cr, version):
    if version:
        cr.execute(
            SQL("ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS taken_by_id int4")
        )
