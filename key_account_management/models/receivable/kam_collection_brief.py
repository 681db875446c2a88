from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain


class KamCollectionBrief(models.AbstractModel):
    """What to have before one's eyes when calling about the debt of a case.

    Each method takes cases, reads for all of them at once and with the rights of its
    reader, and returns a dict by case; a case that he may not read is in none.
    """

    _name = "kam.collection.brief"
    _description = "What a Caller Needs"

    @api.model
    def _get_items(self, cases):
        """Return the overdue documents by case, those due first first."""
        return self._get_of_clients(
            cases,
            "kam.receivable.report",
            [("days_overdue", ">", 0)],
            "date_maturity, id",
        )

    @api.model
    def _get_promises(self, cases):
        """Return the promises of both sides by case, the latest first."""
        return self._get_of_clients(cases, "kam.promise", [], "date desc, id desc")

    @api.model
    def _get_contacts(self, cases):
        """Return by case whom to reach by phone or mail, invoice contacts first."""
        cases = self._get_known(cases)
        partners = self.env["res.partner"].search(
            [
                ("kam_client_id", "in", cases.client_id.ids),
                ("type", "in", ("contact", "invoice")),
                "|",
                ("phone", "!=", False),
                ("email", "!=", False),
            ]
        )
        partners = partners.sorted(lambda partner: partner.type != "invoice")
        by_client = partners.grouped("kam_client_id")
        return {case: by_client.get(case.client_id, partners[:0]) for case in cases}

    @api.model
    def _get_last_calls(self, cases):
        """Return the latest call by case that has one."""
        calls = self.env["kam.collection.step"].search(
            [("collection_id", "in", cases._origin.ids), ("kind", "=", "call")],
            order="date, id",
        )
        return {call.collection_id: call for call in calls}

    @api.model
    def _get_risk_classes(self, cases):
        """Return the risk class of the credit line by case, empty without one.

        sudo: the priority that the reader of the case sees is worked out by it.
        """
        cases = self._get_known(cases)
        lines = self.env["kam.credit.line"].sudo()
        lines = lines.search(
            [
                ("client_id", "in", cases.client_id.ids),
                ("company_id", "in", cases.company_id.ids),
            ]
        )
        classes = {(line.client_id, line.company_id): line.risk_class for line in lines}
        return {
            case: classes.get((case.client_id, case.company_id), False)
            for case in cases
        }

    @api.model
    def _get_next_steps(self, cases):
        """Return (level, day) by open case that the ladder will climb further."""
        known = self._get_known(cases).filtered(lambda case: case.state == "open")
        plans, result = self.env["kam.collection.plan"], {}
        for company, some in known.grouped("company_id").items():
            today = company._kam_today()
            steps = plans._foresee(company, today, some.client_id.ids)
            for case in some.filtered(lambda case, steps=steps: case.id in steps):
                stage, day = steps[case.id]
                if stage.action == "stop":
                    day = max(day, case.stop_date or self._get_earliest_stop(company))
                result[case] = stage, day
        return result

    def _get_earliest_stop(self, company):
        """Return the first day of a stop not announced yet: a day after it was."""
        tomorrow = company._kam_today() + timedelta(days=1)
        return company._get_working_day(tomorrow)

    @api.model
    def _fold(self, steps):
        """Return the log without repetitions: one row for what a run has skipped."""
        told, result = set(), steps.browse()
        for step in steps:
            run = step.collection_id, step.date
            if step.outcome != "skipped":
                result += step
            elif run not in told:
                told.add(run)
                result += step
        return result

    def _get_known(self, cases):
        return cases._origin._filtered_access("read")

    def _get_of_clients(self, cases, model, domain, order):
        """Return the records of a model by case: of its client in its company."""
        cases = self._get_known(cases)
        records = self.env[model].search(
            Domain("client_id", "in", cases.client_id.ids)
            & Domain("company_id", "in", cases.company_id.ids)
            & Domain(domain),
            order=order,
        )
        groups = records.grouped(lambda one: (one.client_id, one.company_id))
        return {
            case: groups.get((case.client_id, case.company_id), records[:0])
            for case in cases
        }
