from odoo import fields, models


class KamClient(models.Model):
    _inherit = "kam.client"

    check_ids = fields.One2many(
        comodel_name="kam.credit.check",
        inverse_name="client_id",
        string="Creditworthiness Checks",
        groups="key_account_management.group_kam_user,"
        "key_account_management.group_kam_credit",
    )
    check_count = fields.Integer(
        compute="_compute_check_count",
        groups="key_account_management.group_kam_user,"
        "key_account_management.group_kam_credit",
    )

    def _compute_check_count(self):
        counts = dict(
            self.env["kam.credit.check"]._read_group(
                [("client_id", "in", self.ids)], ["client_id"], ["__count"]
            )
        )
        for client in self:
            client.check_count = counts.get(client._origin, 0)

    def action_open_checks(self):
        """Open the creditworthiness checks of this client."""
        return self._get_record_action(
            "key_account_management.kam_credit_check_action",
            [("client_id", "=", self.id)],
            default_client_id=self.id,
        )

    def _get_trade(self, company):
        """Return ``kam.credit.ledger._get_trade`` per client in a root company."""
        ledger = self.env["kam.credit.ledger"]
        keys = [(client.id, company.id) for client in self]
        trade = ledger._get_trade(keys, company._kam_today())
        return {client: trade.get((client.id, company.id)) for client in self}

    def _get_check_inputs(self, company):
        """Return the computed inputs of a check per client, as of today.

        ``years`` since the first invoice, ``turnover`` of 12 months untaxed and
        ``debt`` (the highest that was paid back) in company currency, ``days_late``
        and ``on_time`` (percent) of 12 months, ``promises`` broken in 12 months. What
        there is no data for is missing or None.

        :param company: root company
        :return: dict client -> dict
        """
        today = company._kam_today()
        year_ago = fields.Date.subtract(today, months=12)
        behaviours = self.with_company(company)._get_payment_behaviours(
            fields.Date.add(year_ago, days=1), today
        )
        broken = self._get_broken_promise_counts(company, year_ago)
        trade = self._get_trade(company)
        inputs = {}
        for client in self:
            inputs[client] = {
                "days_late": behaviours[client]["days_late"],
                "on_time": behaviours[client]["on_time_percent"],
                "promises": broken.get(client.id),
            }
            if (figures := trade[client]) and figures["first"]:
                inputs[client].update(
                    years=(today - figures["first"]).days / 365.25,
                    turnover=figures["untaxed"],
                    debt=figures["served"],
                )
        return inputs

    def _get_monthly_turnovers(self, company):
        """Return the average monthly turnover with taxes per client.

        Of the last 12 full months, or of those since the month of the first invoice;
        0 without a full month. Currency of the company.
        """
        today = company._kam_today()
        turnovers = {}
        for client, figures in self._get_trade(company).items():
            first = figures and figures["first"]
            months = 12
            if first:
                months = (today.year - first.year) * 12 + today.month - first.month
            months = min(months, 12)
            turnovers[client] = figures["monthly"] / months if first and months else 0.0
        return turnovers
