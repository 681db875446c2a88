"""The stages of collection that were shipped before the ladder get their actions.

Their data is not updated; a stage that somebody has given an action keeps it.
"""

from odoo.tools import SQL

_ACTIONS = {
    "kam_collection_stage_reminder": "letter",
    "kam_collection_stage_call": "call",
    "kam_collection_stage_letter": "letter",
    "kam_collection_stage_head": "head",
    "kam_collection_stage_stop": "stop",
    "kam_collection_stage_demand": "demand",
    "kam_collection_stage_legal": "legal",
}


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        SQL(
            """
            UPDATE kam_collection_stage stage
               SET action = shipped.action
              FROM (VALUES %s) shipped (name, action)
              JOIN ir_model_data data ON data.name = shipped.name
               AND data.module = 'key_account_management'
             WHERE stage.id = data.res_id AND stage.action = 'none'
            """,
            SQL(", ").join(SQL("%s", row) for row in _ACTIONS.items()),
        )
    )
