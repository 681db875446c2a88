from odoo import api, fields, models
from odoo.tools import SQL

from .calendar import count_workdays
from .forecasting import get_mean, get_run_rate

PARTS = ("run_rate", "orders", "pipeline")


class KamSalesForecaster(models.AbstractModel):
    """Forecasts the turnover of a period, manager by manager.

    Three parts, each of them shown: what the period brings if it goes on as it began,
    confirmed orders that are due in it and not invoiced yet, and chances that close
    in it by their probability. Reads every document, whatever the user may see: the
    callers let out no more than the figures of plans that the user may read.
    """

    _name = "kam.sales.forecaster"
    _description = "Forecast of Turnover"

    @api.model
    def _get_forecasts(self, company, date_from, date_to, day):
        """Return what a period will bring by its documents up to a day.

        A period that is over brings what it brought.

        :param company: root company, in whose currency the figures are
        :return: dict user id -> dict of ``fact``, ``run_rate``, ``orders``,
            ``pipeline`` and ``forecast``, their sum without the fact
        """
        found = {}
        for user_id, fact in self._get_turnover(company, date_from, min(day, date_to)):
            found.setdefault(user_id, {})["fact"] = fact
        whole = count_workdays(date_from, date_to)
        gone = min(whole, count_workdays(date_from, day))
        if day >= date_to:
            gone = whole
        else:
            args = company, date_from, date_to, day
            for part, rows in (
                ("orders", self._get_orders(*args)),
                ("pipeline", self._get_pipeline(*args)),
            ):
                for user_id, amount in rows:
                    found.setdefault(user_id, {})[part] = amount
        for parts in found.values():
            parts["run_rate"] = get_run_rate(parts.setdefault("fact", 0), gone, whole)
            parts["forecast"] = round(sum(parts.setdefault(x, 0) for x in PARTS), 2)
        return found

    @api.model
    def _get_plan_forecasts(self, plans):
        """Return the forecasts of plans, department or manager, as of today.

        :return: dict plan -> parts as of :meth:`_get_forecasts`, and ``error``, the
            mean error of past forecasts in percent
        """
        result = {}
        groups = plans.grouped(
            lambda plan: (plan._origin.company_id, plan._origin.date_from, plan.date_to)
        )
        for (company, first, last), group in groups.items():
            today = company._kam_today()
            parts = self._get_forecasts(company, first, last, today)
            users = {plan: plan._origin._get_users() for plan in group}
            errors = self.env["kam.sales.forecast"]._get_mape(
                company,
                self.env["res.users"].union(*users.values()),
                fields.Date.start_of(today, "month"),
            )
            for plan, managers in users.items():
                rows = [parts.get(user.id, {}) for user in managers]
                result[plan] = {
                    name: round(sum(row.get(name, 0) for row in rows), 2)
                    for name in (*PARTS, "forecast")
                }
                own = [errors.get(user.id) for user in managers]
                result[plan]["error"] = get_mean(own) or 0
        return result

    @api.model
    def _get_turnover(self, company, date_from, date_to):
        """Return the list of (user id, turnover) of a period."""
        facts = self.env["kam.plan.facts"]._get_facts(
            company, date_from, date_to, ("turnover",)
        )
        sums = {}
        for rows in facts.values():
            for (user_id, _client), fact in rows:
                sums[user_id] = sums.get(user_id, 0) + fact
        return [(user_id, round(fact, 2)) for user_id, fact in sums.items()]

    @api.model
    def _get_orders(self, company, date_from, date_to, day):
        """Return (user id, untaxed rest) of confirmed orders that are due.

        Due is the promised day, without one that of the order. A rest that was closed
        by hand brings nothing, nor does an order that was invoiced for more. Summed
        up by client first: the owner is looked up once for each.
        """
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model()
        return self._get_sums(
            SQL(
                """
                SELECT (%(owner)s) AS user_id, due.rest AS amount
                  FROM (
                    SELECT client_id, SUM(rest) AS rest
                      FROM (
                        SELECT orders.kam_client_id AS client_id,
                               GREATEST(0, SUM(line.price_subtotal
                                        - COALESCE(line.untaxed_amount_invoiced, 0)))
                                    / COALESCE(NULLIF(orders.currency_rate, 0), 1)
                                    AS rest
                          FROM sale_order orders
                          JOIN sale_order_line line ON line.order_id = orders.id
                         WHERE orders.state = 'sale'
                           AND orders.company_id IN %(branches)s
                           AND orders.kam_client_id IS NOT NULL
                           AND orders.credit_rest_closed IS NOT TRUE
                           AND (COALESCE(orders.commitment_date, orders.date_order)
                                AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                               BETWEEN %(start)s AND %(end)s
                      GROUP BY orders.id
                      ) single
                  GROUP BY client_id
                  ) due
                """,
                owner=self._owner(day),
                branches=self.env["kam.plan.facts"]._get_branches(company),
                tz=company._get_kam_timezone(),
                start=date_from,
                end=date_to,
            )
        )

    @api.model
    def _get_pipeline(self, company, date_from, date_to, day):
        """Return (user id, expected revenue × probability) of open chances.

        A chance of no client yet counts for its salesperson; one with a confirmed
        order is among the orders already.
        """
        self.env["crm.lead"].flush_model()
        return self._get_sums(
            SQL(
                """
                SELECT COALESCE((%(owner)s), due.user_id) AS user_id, due.amount
                  FROM (
                    SELECT partner.kam_client_id AS client_id, lead.user_id,
                           lead.expected_revenue * lead.probability / 100 AS amount
                      FROM crm_lead lead
                 LEFT JOIN res_partner partner ON partner.id = lead.partner_id
                 LEFT JOIN res_users seller ON seller.id = lead.user_id
                     WHERE lead.type = 'opportunity' AND lead.active
                       AND lead.probability > 0 AND lead.probability < 100
                       AND lead.date_deadline BETWEEN %(start)s AND %(end)s
                       AND COALESCE(lead.company_id, seller.company_id) IN %(branches)s
                       AND NOT EXISTS (
                            SELECT FROM sale_order orders
                             WHERE orders.opportunity_id = lead.id
                               AND orders.state = 'sale')
                  ) due
                """,
                owner=self._owner(day),
                branches=self.env["kam.plan.facts"]._get_branches(company),
                start=date_from,
                end=date_to,
            )
        )

    def _owner(self, day):
        """SQL of the owner of the client ``due`` on a day."""
        return self.env["kam.assignment"]._get_owner_query(
            SQL("due.client_id"), SQL("%s::date", day)
        )

    def _get_sums(self, query):
        """Return the list of (user id, sum) of a query of user_id and amount."""
        rows = self.env.execute_query(
            SQL(
                "SELECT user_id, SUM(amount) FROM (%s) part"
                " WHERE user_id IS NOT NULL GROUP BY user_id",
                query,
            )
        )
        return [(user_id, round(float(amount or 0), 2)) for user_id, amount in rows]
