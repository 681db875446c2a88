from odoo import api, fields, models


class SaleOrder(models.Model):
    """The credit bar of the order form: moves while lines are typed.

    The same calculation as the gate's, so that the figures are equal to the cent. They
    are shown to those who may see the client that is judged, with or without
    accounting rights, and to nobody else.
    """

    _inherit = "sale.order"

    credit_client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Judged Key Client",
        compute="_compute_credit_panel",
        groups="base.group_user",
    )
    credit_is_visible = fields.Boolean(
        compute="_compute_credit_panel", groups="base.group_user"
    )
    credit_limit_effective = fields.Monetary(
        string="Effective Limit",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
    )
    credit_allowed = fields.Monetary(
        string="Effective Limit with Tolerance",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
    )
    credit_receivable = fields.Monetary(
        string="Receivables",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
    )
    credit_uninvoiced = fields.Monetary(
        string="Confirmed, not Invoiced",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
    )
    credit_exposure = fields.Monetary(
        string="Exposure",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
    )
    credit_order_amount = fields.Monetary(
        string="This Order",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
    )
    credit_headroom = fields.Monetary(
        string="Headroom",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
        help="Free limit after this order; negative when it is short.",
    )
    credit_overdue = fields.Monetary(
        string="Overdue",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
    )
    credit_rate_missing = fields.Boolean(
        compute="_compute_credit_panel",
        groups="base.group_user",
        help="Nobody entered an exchange rate for the currency of the order.",
    )
    credit_message = fields.Char(
        compute="_compute_credit_message",
        groups="base.group_user",
    )
    credit_expected_message = fields.Char(
        string="Money Expected",
        compute="_compute_credit_message",
        groups="base.group_user",
    )

    @api.depends(
        "amount_total",
        "company_id",
        "currency_id",
        "partner_id",
        "partner_invoice_id",
        "state",
        "credit_decision_id",
    )
    @api.depends_context("uid")
    def _compute_credit_panel(self):
        for order in self:
            order._set_credit_panel(None, None)
            client, _foreign = order._get_credit_party()
            if not client.with_env(self.env).sudo(False)._is_credit_visible():
                continue
            for case, receivables in order._credit_peek():
                order.credit_client_id = client
                order._set_credit_panel(case, receivables)

    def _credit_peek(self):
        """Judge the order as the gate would now, without locks and records."""
        party = self._get_credit_key()
        if not party:
            return
        key = party[:2]
        terms = self.env["kam.credit.line"]._get_terms([key])[key]
        desk = self._get_credit_desk(key, terms)
        yield self._get_credit_case(party, desk, 0.0), desk["receivables"]

    def _set_credit_panel(self, case, receivables):
        round_money = self.company_id.currency_id.round if case else None
        figures = {
            "credit_limit_effective": "limit",
            "credit_allowed": "allowed",
            "credit_receivable": "receivable",
            "credit_uninvoiced": "uninvoiced",
            "credit_exposure": "exposure",
            "credit_order_amount": "amount",
            "credit_headroom": "headroom",
        }
        for field_name, name in figures.items():
            self[field_name] = round_money(getattr(case, name)) if case else 0.0
        self.credit_overdue = receivables["overdue"] if case else 0.0
        self.credit_is_visible = bool(case)
        self.credit_rate_missing = bool(case) and not case.has_rate
        if not case:
            self.credit_client_id = False

    @api.depends("credit_decision_id.state", "credit_decision_id.outcome")
    @api.depends_context("uid", "lang")
    def _compute_credit_message(self):
        for order in self:
            decision = order.credit_decision_id
            order.credit_expected_message = decision._filtered_access(
                "read"
            ).expected_message
            if not decision or decision.sudo().state == "superseded":
                order.credit_message = False
            elif decision._filtered_access("read"):
                order.credit_message = decision.summary
            elif decision.sudo().outcome == "hold":
                order.credit_message = self.env._(
                    "Held: the key client who is to pay is looked after by somebody "
                    "else. Credit control decides."
                )
            else:
                order.credit_message = self.env._("Passed.")
