from odoo.fields import Command

from ..common import KamCommon


class CheckCase(KamCommon):
    """A client, and checks of it with the documents there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Checked")
        cls.partner = cls.client.partner_ids
        cls.second = cls.make_user("kam_controller_two", "credit")

    @classmethod
    def make_check(cls, client=None, user=None, **vals):
        return (
            cls.env["kam.credit.check"]
            .with_user(user or cls.kam)
            .create(
                {
                    "client_id": (client or cls.client).id,
                    "company_id": cls.company.id,
                    "requested_limit": 1000,
                    "requested_term_days": 30,
                    **vals,
                }
            )
        )

    @classmethod
    def receive(cls, check):
        """All documents came today."""
        check.sudo().document_ids.write({"date_received": cls.today})

    @classmethod
    def make_submitted(cls, score=None, user=None, **vals):
        """A submitted check; on request of a score, with a turnover that allows it."""
        if score is not None:
            cls.set_score(score)
        vals.setdefault("expected_turnover", 1000000)
        check = cls.make_check(user=user, **vals)
        if score is not None:
            check.factor_ids.input = 0
        check.action_submit()
        cls.receive(check)
        return check

    @classmethod
    def set_score(cls, points):
        """Let every check have this score: one typed factor that gives it."""
        cls.env["kam.credit.factor"].search([]).active = False
        cls.env["kam.credit.factor"].create(
            {
                "name": "Only one",
                "code": f"only_{points}",
                "range_ids": [
                    Command.create({"value_from": 0, "value_to": 1, "points": points})
                ],
            }
        )

    def know(self, check, **inputs):
        """Type inputs by the codes of their factors."""
        for code, value in inputs.items():
            self.get_factor(check, code).input = value

    def get_factor(self, check, code):
        return check.factor_ids.filtered(lambda line: line.factor_id.code == code)
