"""What answers a hold, a release or a rejection, is called its resolution."""

from odoo.tools import SQL

from odoo.addons.key_account_management.renaming import rename_model


def migrate(cr, version):
    if not version:
        return
    rename_model(cr, "kam.credit.verdict", "kam.credit.resolution")
    cr.execute(
        SQL(
            "UPDATE ir_model_fields SET name = 'resolution_ids'"
            " WHERE model = 'kam.credit.decision' AND name = 'verdict_ids'"
        )
    )
    cr.execute(
        SQL(
            "UPDATE ir_model_data SET name = replace(name, 'verdict', 'resolution')"
            " WHERE module = 'key_account_management'"
            " AND name = 'field_kam_credit_decision__verdict_ids'"
        )
    )
