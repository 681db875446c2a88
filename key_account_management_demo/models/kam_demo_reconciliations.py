from datetime import timedelta

from odoo import models

# Client and what its accountant answered; the last one has not been sent.
STATEMENTS = (
    ("azbuka", "agreed"),
    ("severny", "disagreed"),
    ("kalinka", "sent"),
    ("terem", "draft"),
)


class KamDemoReconciliations(models.AbstractModel):
    """Statements of the month before last, as far as they have got."""

    _name = "kam.demo.reconciliations"
    _description = "Demo: Reconciliation Statements"
    _inherit = ["kam.demo.mixin"]

    def _create_reconciliations(self):
        controller = self._ref("user_credit")
        first = (self._today().replace(day=1) - timedelta(days=32)).replace(day=1)
        statements = self.env["kam.reconciliation"].create(
            [
                {
                    "client_id": client.id,
                    "partner_id": client.main_partner_id.id,
                    "company_id": self.env.company.id,
                    "date_from": first,
                    "date_to": self._get_month_end(first),
                    "user_id": controller.id,
                }
                for client in (
                    self._ref(f"kam_client_{name}") for name, _s in STATEMENTS
                )
            ]
        )
        statements.action_compute()
        for statement, (_name, state) in zip(statements, STATEMENTS, strict=True):
            self._advance_statement(statement, state)

    def _get_month_end(self, first):
        return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    def _advance_statement(self, statement, state):
        if state == "draft":
            return
        statement._freeze()
        person = statement.partner_id
        answers = self.env["kam.reconciliation.answer"]
        if state == "agreed":
            answers._agree(statement, person)
        if state == "disagreed":
            statement.line_ids[:1].answer = "not_found"
            answers._disagree(statement, person)
