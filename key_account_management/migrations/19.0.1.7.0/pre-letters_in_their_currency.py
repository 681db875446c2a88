"""Letters keep their currency, and mails go to the invoice contact.

Until now every letter was in the currency of the company. Templates are not updated,
since they may be changed: only the expressions that were shipped are exchanged.
"""

from odoo.tools import SQL
from odoo.tools.sql import table_exists

_TEMPLATES = (
    "mail_template_collection_reminder",
    "mail_template_collection_demand",
    "mail_template_reconciliation",
    "mail_template_reconciliation_late",
)
_EXCHANGED = {
    "partner_to": (
        "{{ object.partner_id.id }}",
        "{{ object.partner_id._get_kam_recipient().id }}",
    ),
    "email_from": (
        "{{ (object.user_id.email_formatted or object.company_id.email_formatted or"
        " user.email_formatted) }}",
        "{{ object._get_sender() or user.email_formatted }}",
    ),
}
_RANGE_COLUMNS = {
    "range_kind": "varchar",
    "range_low": "numeric",
    "range_high": "numeric",
}


def migrate(cr, version):
    if not version:
        return
    if table_exists(cr, "kam_credit_check_factor"):
        _add_range_columns(cr)
    if table_exists(cr, "kam_collection_letter"):
        _add_currency(cr)
    _exchange_expressions(cr)


def _add_range_columns(cr):
    """Make them here, lest the points of old checks are worked out anew."""
    for column, kind in _RANGE_COLUMNS.items():
        cr.execute(
            SQL(
                "ALTER TABLE kam_credit_check_factor ADD COLUMN IF NOT EXISTS %s %s",
                SQL.identifier(column),
                SQL(kind),
            )
        )


def _add_currency(cr):
    cr.execute(
        "ALTER TABLE kam_collection_letter ADD COLUMN IF NOT EXISTS currency_id int4"
    )
    cr.execute(
        """
        UPDATE kam_collection_letter letter
           SET currency_id = company.currency_id
          FROM res_company company
         WHERE company.id = letter.company_id
        """
    )


def _exchange_expressions(cr):
    for column, (old, new) in _EXCHANGED.items():
        cr.execute(
            SQL(
                """
                UPDATE mail_template template SET %(column)s = %(new)s
                  FROM ir_model_data data
                 WHERE data.module = 'key_account_management'
                   AND data.name IN %(names)s AND data.res_id = template.id
                   AND template.%(column)s = %(old)s
                """,
                column=SQL.identifier(column),
                old=old,
                new=new,
                names=_TEMPLATES,
            )
        )
