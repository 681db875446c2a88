from datetime import timedelta

from odoo import api, models

from .kam_collection_task import TASK_ACTIVITY


class KamCollectionStop(models.AbstractModel):
    """Stops of shipments: announced a day before, carried out, lifted with the debt.

    A stop is that of the credit line of the client in the company; one that was set by
    hand stays as it is.
    """

    _name = "kam.collection.stop"
    _description = "Stops of Shipments"

    @api.model
    def _announce(self, company, day, clients, plan):
        """Announce the stops of the next working day; return what is for today.

        A stop is carried out only when its case was told of it a day before.
        """
        tomorrow = company._get_working_day(day + timedelta(days=1))
        plans = self.env["kam.collection.plan"]
        settings = plans._get_settings(company)
        ahead = plans._get_plan(company, tomorrow, settings, clients)
        cases = self.env["kam.collection"]
        stops = {
            claim["case_id"]
            for claim, stage, is_done in [*plan, *ahead]
            if is_done and stage.action == "stop"
        }
        domain = [("company_id", "=", company.id), ("stop_date", "!=", False)]
        if clients is not None:
            domain.append(("client_id", "in", list(clients)))
        announced = cases.search(domain)
        announced.filtered(lambda case: case.id not in stops).stop_date = False
        ready = announced.filtered(
            lambda case: case.stop_date and case.stop_date <= day
        )
        new = cases.browse(stops - set(announced.ids))
        new.stop_date = tomorrow
        tasks = self.env["kam.collection.task"]
        people = tasks._get_people(new)
        wanted = {
            (case, TASK_ACTIVITY, user): user._get_kam_words(company)._(
                "Shipments will be stopped"
            )
            for case, user in people.items()
            if user
        }
        tasks._create(wanted, day)
        return [
            (claim, stage, is_done)
            for claim, stage, is_done in plan
            if not is_done or stage.action != "stop" or claim["case_id"] in ready.ids
        ]

    @api.model
    def _carry_out(self, plan):
        """Stop the shipments of the cases that a plan wants stopped.

        :return: the plan; without a credit line nothing is stopped, and the level is
            skipped
        """
        cases = self.env["kam.collection"].browse(
            {c["case_id"] for c, stage, done in plan if done and stage.action == "stop"}
        )
        stopped = self._stop(cases) if cases else cases
        return [
            (
                claim,
                stage,
                is_done and (stage.action != "stop" or claim["case_id"] in stopped.ids),
            )
            for claim, stage, is_done in plan
        ]

    def _stop(self, cases):
        """Stop the credit lines of the cases; a stop set by hand stays as it is.

        :return: the cases that have a credit line
        """
        lines = self._get_credit_lines(cases)
        lines = {(line.client_id, line.company_id): line for line in lines}
        cases = cases.filtered(lambda case: (case.client_id, case.company_id) in lines)
        people = self.env["kam.collection.task"]._get_people(cases)
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

    @api.model
    def _lift(self, cases):
        """Lift the stops that these cases have set."""
        lines = self.env["kam.credit.line"].sudo().with_context(active_test=False)
        lines = lines.search([("stop_collection_id", "in", cases.ids)])
        people = self.env["kam.collection.task"]._get_people(cases)
        vals = {"is_stopped": False, "stop_reason": False, "stop_collection_id": False}
        by_lang = {}
        for line in lines:
            words = people[line.stop_collection_id]._get_kam_words(line.company_id)
            by_lang.setdefault(words, lines.browse())
            by_lang[words] |= line
        for words, some in by_lang.items():
            reason = words._("Nothing is overdue now.")
            some.with_context(kam_reason=reason).write(vals)

    def _get_credit_lines(self, cases):
        return (
            self.env["kam.credit.line"]
            .sudo()
            .search(
                [
                    ("client_id", "in", cases.client_id.ids),
                    ("company_id", "in", cases.company_id.ids),
                ]
            )
        )
