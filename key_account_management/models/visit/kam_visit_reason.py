from odoo import api, fields, models
from odoo.tools import format_amount, format_date


class KamVisitReason(models.Model):
    """Why the weekly plan proposes a contact, and how much that weighs.

    A reason is kept with a visit as a code with figures, and told in the language of
    whoever reads it: a further room adds a record here, the reason in
    ``kam.visit.plan._get_reasons`` and a method ``_text_<code>``.
    """

    _name = "kam.visit.reason"
    _description = "Reason to Visit"
    _inherit = ["kam.guard.mixin"]
    _order = "weight desc, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    weight = fields.Float(
        required=True,
        default=10,
        help="The plan takes the clients with the highest sum of weights first.",
    )
    active = fields.Boolean(
        default=True, help="Not set: the plan does not look for this reason."
    )

    _code_uniq = models.UniqueIndex("(code)", "There is a reason with this code.")
    _weight_positive = models.Constraint(
        "CHECK (weight >= 0)", "The weight of a reason cannot be negative."
    )

    @api.model
    def _get_weights(self):
        """Return the weight of each reason that the plan looks for, by code."""
        reasons = self.sudo().search([("active", "=", True)])
        return {reason.code: reason.weight for reason in reasons}

    @api.model
    def _get_text(self, reasons):
        """Return reasons in the language of the reader.

        :param reasons: list of (code, figures) as kept with visits
        """
        return "; ".join(
            getattr(self, f"_text_{code}")(figures) for code, figures in reasons or []
        )

    def _date(self, figures):
        return format_date(self.env, figures["date"], date_format="d MMM")

    def _amount(self, figures):
        currency = self.env["res.currency"].browse(figures["currency"])
        return format_amount(self.env, figures["amount"], currency)

    @api.model
    def _text_visit_due(self, figures):
        if not figures["date"]:
            return self.env._("never visited")
        return self.env._("visit due on %s", self._date(figures))

    @api.model
    def _text_call_due(self, figures):
        if not figures["date"]:
            return self.env._("never talked to")
        return self.env._("call due on %s", self._date(figures))

    @api.model
    def _text_next_step(self, figures):
        return self.env._(
            "agreed for %(date)s: %(step)s",
            date=self._date(figures),
            step=figures["step"],
        )

    @api.model
    def _text_held_order(self, figures):
        return self.env._("order on hold: %s", ", ".join(figures["orders"]))

    @api.model
    def _text_broken_promise(self, figures):
        return self.env._(
            "broken promise of %(amount)s for %(date)s",
            amount=self._amount(figures),
            date=self._date(figures),
        )

    @api.model
    def _text_overdue(self, figures):
        return self.env._(
            "overdue %(amount)s, %(days)s days",
            amount=self._amount(figures),
            days=figures["days"],
        )

    @api.model
    def _text_promise_day(self, figures):
        return self.env._(
            "%(amount)s promised for %(date)s",
            amount=self._amount(figures),
            date=self._date(figures),
        )

    @api.model
    def _text_silent(self, figures):
        return self.env._(
            "no order for %(days)s days, usually every %(median)s",
            days=figures["days"],
            median=figures["median"],
        )

    @api.model
    def _text_quotation(self, figures):
        return self.env._(
            "quotation %(name)s without answer since %(date)s",
            name=figures["name"],
            date=self._date(figures),
        )

    @api.model
    def _text_newcomer(self, figures):
        return self.env._("new client since %s", self._date(figures))

    @api.model
    def _text_birthday(self, figures):
        return self.env._(
            "birthday of %(contact)s on %(date)s",
            contact=figures["name"],
            date=self._date(figures),
        )
