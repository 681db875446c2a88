"""Rules of the managers let in whoever stands in for them.

Rules are not updated, since administrators may change them: only the clause that was
shipped is exchanged. Invoices stay with the manager.
"""

from odoo.tools import SQL

OLD = "manager_id', '=', user.id)"
NEW = "acting_user_ids', 'in', [user.id])"


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        SQL(
            """
            UPDATE ir_rule rule
               SET domain_force = replace(rule.domain_force, %(old)s, %(new)s)
              FROM ir_model_data data, ir_model model
             WHERE data.model = 'ir.rule' AND data.res_id = rule.id
               AND data.module = 'key_account_management'
               AND model.id = rule.model_id
               AND model.model NOT IN ('account.move', 'account.move.line')
            """,
            old=OLD,
            new=NEW,
        )
    )
