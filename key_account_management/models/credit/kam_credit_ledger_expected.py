from odoo import api, fields, models
from odoo.tools import SQL


class KamCreditLedger(models.AbstractModel):
    """What is open now and how late it used to be paid, to tell when money comes."""

    _inherit = "kam.credit.ledger"

    @api.model
    def _get_expectations(self, keys):
        """Return what :func:`.expected_money.get_expected_date` takes, in two queries.

        :param keys: iterable of (client id, root company id)
        :return: dict key -> (items, credits, parts): (due date, open amount) of what is
            owed, the sum of unallocated credits (> 0), (days late, amount) of what was
            paid of the instalments of the last 12 months
        """
        keys = set(keys)
        result = {key: ([], [], []) for key in keys}
        if not keys:
            return {}
        today = self._today()
        self._flush_behaviour()
        items = self.env.execute_query(
            SQL(
                "SELECT client_id, root_id, due, residual, residual_currency"
                "  FROM (%s) item",
                self._receivable_items(keys, today),
            )
        )
        for client_id, root_id, due, residual, residual_currency in items:
            owed, credits, _parts = result.get((client_id, root_id), ([], [], []))
            if residual < 0:
                credits.append(-float(residual))
            elif residual_currency > 0:
                owed.append((due, float(residual)))
        parts = self.env.execute_query(
            SQL(
                "SELECT client_id, root_id, days, weight FROM (%s) part WHERE is_paid",
                self._behaviour_parts(
                    keys, fields.Date.subtract(today, months=12), today
                ),
            )
        )
        for client_id, root_id, days, weight in parts:
            if (client_id, root_id) in result:
                result[client_id, root_id][2].append((days, float(weight)))
        return {
            key: (owed, sum(credits), paid)
            for key, (owed, credits, paid) in result.items()
        }
