"""Substitutions that are over are closed: nobody is mailed about them now."""

from odoo.tools import SQL


def migrate(cr, version):
    if version:
        cr.execute(
            SQL(
                "UPDATE kam_substitution SET closed_at = write_date"
                " WHERE decision = 'cancelled'"
                " OR decision = 'confirmed' AND end_at <= NOW() AT TIME ZONE 'UTC'"
            )
        )
