from odoo import api, fields, models

from ...models.performance import pay


class KamPaySimulation(models.TransientModel):
    """What a month would pay with more turnover or more clients; writes nothing."""

    _name = "kam.pay.simulation"
    _description = "Simulation of Variable Pay"
    _inherit = ["kam.dialog.mixin"]

    card_id = fields.Many2one(
        comodel_name="kam.scorecard",
        string="Scorecard",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    currency_id = fields.Many2one(related="card_id.currency_id", related_sudo=False)
    now = fields.Monetary(
        string="Pay Now", related="card_id.pay_earned", related_sudo=False
    )
    more_turnover = fields.Monetary()
    more_active = fields.Integer(string="More Active Clients")
    more_new = fields.Integer(string="More New Clients")
    pay = fields.Monetary(string="Pay Then", compute="_compute_pay")
    gain = fields.Monetary(string="More Pay", compute="_compute_pay")

    @api.depends("card_id", "more_turnover", "more_active", "more_new")
    def _compute_pay(self):
        for dialog in self:
            inputs = dialog.card_id.pay_detail
            dialog.pay = pay.get_pay(dialog._add(inputs)) if inputs else 0
            dialog.gain = dialog.pay - dialog.now

    def _add(self, inputs):
        more = {
            "turnover": self.more_turnover,
            "active_clients": self.more_active,
            "new_clients": self.more_new,
        }
        return pay.add(inputs, more)
