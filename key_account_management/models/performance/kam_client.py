from odoo import api, models
from odoo.tools import SQL

from . import growth


class KamClient(models.Model):
    """Turnover of clients between two periods."""

    _inherit = "kam.client"

    @api.model
    def _bridge(self, user, base_from, base_to, date_from, date_to):
        """Return the bridge of turnover from a base to a period.

        Documents count for the manager they were stamped with, so that a client who
        was taken over is new to the one and lost to the other.

        sudo: callers let out no more than the user may see of these managers.

        :param user: res.users, one or several; empty: all managers
        :return: as of :func:`.growth.get_bridge`, in company currency; start + new +
            grown − declined − lost = end, exactly
        """
        rows = self._get_turnovers(user, base_from, base_to, date_from, date_to)
        return growth.get_bridge(rows)

    @api.model
    def _get_turnovers(self, user, base_from, base_to, date_from, date_to):
        """Return (client id, turnover of the base, of the period), as decimals."""
        facts = self.env["kam.plan.facts"].sudo()
        branches = facts._get_branches(self.env.company.root_id)
        facts._flush_facts()
        # one scan over both periods; the stamp is only looked up where one is asked
        return self.env.execute_query(
            SQL(
                """
                SELECT move.kam_client_id,
                       COALESCE(SUM(move.amount_untaxed_signed) FILTER (
                            WHERE move.invoice_date BETWEEN %(base_from)s
                                                        AND %(base_to)s), 0),
                       COALESCE(SUM(move.amount_untaxed_signed) FILTER (
                            WHERE move.invoice_date BETWEEN %(date_from)s
                                                        AND %(date_to)s), 0)
                  FROM account_move move
                 WHERE (%(then)s OR %(now)s) %(whose)s
              GROUP BY move.kam_client_id
                """,
                base_from=base_from,
                base_to=base_to,
                date_from=date_from,
                date_to=date_to,
                then=facts._sale_conditions(branches, base_from, base_to),
                now=facts._sale_conditions(branches, date_from, date_to),
                whose=self._of_managers(user),
            )
        )

    @api.model
    def _of_managers(self, user):
        """SQL that ``move`` counts for one of the managers."""
        if not user:
            return SQL("")
        stamp = self.env["kam.plan.facts"].sudo()._stamp()
        return SQL("AND %s IN %s", stamp, tuple(user.ids))

    @api.model
    def _get_price_split(self, user, base_from, base_to, date_from, date_to):
        """Return price, volume and mix of the growth; see :func:`.growth.split_price`.

        sudo: as of :meth:`_bridge`.
        """
        facts = self.env["kam.plan.facts"].sudo()
        branches = facts._get_branches(self.env.company.root_id)
        facts._flush_facts()
        report = self.env["kam.sales.report"]
        periods = {
            "base": facts._sale_conditions(branches, base_from, base_to),
            "now": facts._sale_conditions(branches, date_from, date_to),
        }
        quantity = SQL(
            # a line without a product has money but no quantity of anything
            "CASE WHEN line.product_id IS NULL THEN 0 ELSE %s * line.quantity"
            " * COALESCE(line_uom.factor / product_uom.factor, 1) END",
            report._sign(),
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.product_id,
                       COALESCE(SUM(%(quantity)s) FILTER (WHERE %(base)s), 0)::numeric,
                       COALESCE(SUM(-line.balance) FILTER (WHERE %(base)s), 0),
                       COALESCE(SUM(%(quantity)s) FILTER (WHERE %(now)s), 0)::numeric,
                       COALESCE(SUM(-line.balance) FILTER (WHERE %(now)s), 0)
                  FROM %(lines)s
                 WHERE line.display_type = 'product'
                   AND ((%(base)s) OR (%(now)s)) %(whose)s
              GROUP BY line.product_id
                """,
                quantity=quantity,
                lines=report._from(),
                whose=self._of_managers(user),
                **periods,
            )
        )
        return growth.split_price([row for _product, *row in rows])
