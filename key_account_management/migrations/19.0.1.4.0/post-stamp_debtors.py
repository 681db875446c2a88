"""Confirmed orders keep their debtor; decisions tell what a release of them covers.

What was so at the confirmation is not known: what the documents say now is taken for
it. The rests are counted again, since goods delivered beyond the order are part of it.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["sale.order"]._fill_credit_debtors()
    env["sale.order"]._fill_credit_rest()
    cr.execute(
        SQL(
            """
            UPDATE kam_credit_decision decision
               SET debtor_id = COALESCE(
                        orders.credit_debtor_id, partner.commercial_partner_id),
                   order_currency_id = orders.currency_id,
                   payment_term_id = orders.payment_term_id,
                   term_days = 0,
                   is_foreign = EXISTS (
                        SELECT FROM kam_credit_reason reason
                         WHERE reason.decision_id = decision.id
                           AND reason.rule = 'debtor')
              FROM sale_order orders
              JOIN res_partner partner ON partner.id = orders.partner_invoice_id
             WHERE orders.credit_decision_id = decision.id
               AND decision.debtor_id IS NULL
            """
        )
    )
    env["kam.credit.decision"].invalidate_model()
