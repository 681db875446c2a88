"""A team of two managers, months of invoices, and their cards."""

from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

from ..common import KamCommon

# A month that is over, a year after the base.
MONTH = date(2026, 10, 1)
YEAR = relativedelta(years=1)


class PerformanceCase(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.month = MONTH
        cls.colleague = cls.make_user("kam_cat_third", "user")
        cls.team.member_ids = [Command.link(cls.colleague.id)]
        cls.client = cls.make_client("Client of Ann")
        cls.partner = cls.client.partner_ids
        cls.others = cls.make_client("Client of Cat", manager_id=cls.colleague.id)
        cls.own_since(cls.client | cls.others)

    @classmethod
    def own_since(cls, clients, day=date(2020, 1, 1)):
        """Let the owners have had their clients for years."""
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE kam_assignment SET date_from = %s WHERE client_id = ANY(%s)",
            [day, clients.ids],
        )
        cls.env.invalidate_all()

    @classmethod
    def sell(cls, amount, day, partner=None, **vals):
        """A posted invoice, or a credit note for an amount below 0."""
        kind = "out_invoice" if amount > 0 else "out_refund"
        return cls.make_invoice(
            partner or cls.partner, abs(amount), date=day, move_type=kind, **vals
        )

    @classmethod
    def make_card(cls, user=None, month=None, as_of=None):
        """The computed card of a manager."""
        month = month or cls.month
        cards = cls.env["kam.scorecard"]._make_cards(cls.company, month)
        card = cards.filtered(lambda card: card.user_id == (user or cls.kam))
        card._compute_cards(as_of)
        return card

    @classmethod
    def make_plan(cls, targets, user=None, month=None, period="month", state="draft"):
        """A plan with targets: dict metric -> amount, in its first month."""
        month = month or cls.month
        return cls.env["kam.sales.plan"].create(
            {
                "company_id": cls.company.id,
                "team_id": cls.team.id,
                "user_id": user.id if user else False,
                "period": period,
                "date_from": month,
                "state": state,
                "effective_date": month,
                "line_ids": [
                    Command.create({"metric": metric, "month": month, "target": target})
                    for metric, target in targets.items()
                ],
            }
        )

    def line(self, card, code):
        return card.line_ids.filtered(lambda line: line.code == code)

    def assertScore(self, card, code, actual, points):
        line = self.line(card, code)
        self.assertEqual((line.actual, line.points), (actual, points), line.explanation)
