from odoo import models


class KamCollection(models.Model):
    """Stops of shipments that the ladder sets and lifts."""

    _inherit = "kam.collection"

    def _stop_shipments(self):
        """Stop the credit lines of the cases; a stop set by hand stays as it is.

        :return: the cases that have a credit line
        """
        lines = {(x.client_id, x.company_id): x for x in self._get_credit_lines()}
        cases = self.filtered(lambda case: (case.client_id, case.company_id) in lines)
        people = self.env["kam.collection.ladder"]._get_people(cases)
        for case in cases:
            line = lines[case.client_id, case.company_id]
            words = people[case]._get_kam_words(case.company_id)
            reason = words._("Overdue debt is being collected.")
            if not line.is_stopped:
                line.with_context(kam_reason=reason).write(
                    {
                        "is_stopped": True,
                        "stop_reason": reason,
                        "stop_collection_id": case.id,
                    }
                )
        return cases

    def _lift_stops(self):
        """Lift the stops that these cases have set."""
        lines = self.env["kam.credit.line"].sudo().with_context(active_test=False)
        lines = lines.search([("stop_collection_id", "in", self.ids)])
        people = self.env["kam.collection.ladder"]._get_people(self)
        vals = {"is_stopped": False, "stop_reason": False, "stop_collection_id": False}
        by_lang = {}
        for line in lines:
            words = people[line.stop_collection_id]._get_kam_words(line.company_id)
            by_lang.setdefault(words, lines.browse())
            by_lang[words] |= line
        for words, some in by_lang.items():
            reason = words._("Nothing is overdue now.")
            some.with_context(kam_reason=reason).write(vals)

    def _get_credit_lines(self):
        return (
            self.env["kam.credit.line"]
            .sudo()
            .search(
                [
                    ("client_id", "in", self.client_id.ids),
                    ("company_id", "in", self.company_id.ids),
                ]
            )
        )
