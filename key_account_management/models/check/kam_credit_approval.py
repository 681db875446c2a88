from datetime import datetime

from odoo import api, models


class KamCreditApproval(models.AbstractModel):
    """Who may take part in the approval of a creditworthiness check.

    Four eyes: never the author, the submitter, whoever gave a step already, nor those
    who look after the client. Beyond that the authority decides, by limit and class.
    """

    _name = "kam.credit.approval"
    _description = "Approval of Creditworthiness Checks"

    @api.model
    def _filter(self, checks, until=None, rows=None):
        """Return the checks that wait and in whose approval the user may take part.

        A fixed number of queries, however many checks there are; for each it comes to
        the same as :meth:`_get_obstacle`. sudo: of the steps, whose they are.

        :param until: ``kam.client._get_involved_until`` if it is known already
        :param rows: dict company -> rows of the user's authority, if known already
        """
        user = self.env.user
        waiting = checks.filtered(lambda check: check.state in ("submitted", "review"))
        if rows is None:
            authority = self.env["kam.credit.authority"]
            rows = {c: authority._get_own_rows(user, c) for c in waiting.company_id}
        if until is None:
            until = waiting.client_id._get_involved_until(user)
        steps = dict(
            self.env["kam.credit.check.step"]
            .sudo()
            ._read_group(
                [("check_id", "in", waiting.ids)], ["check_id"], ["user_id:recordset"]
            )
        )
        never = datetime.min
        return waiting.filtered(
            lambda check: (
                rows[check.company_id]
                and user not in (check.user_id, check.submit_user_id)
                and user not in steps.get(check, ())
                and until.get(check.client_id, never) <= check.create_date
            )
        )

    @api.model
    def _get_involved(self, check):
        """Return those who may not approve: author, submitter, managers, substitutes.

        Whoever gave a step already is among them: each person gives one. sudo: of the
        people alone, whatever the user may read of them.
        """
        check = check.sudo()
        client, since = check.client_id, check.create_date
        managers = self.env["kam.assignment"]._get_managers_since(client, since.date())
        managers |= self.env["kam.substitution"]._get_substitutes_since(client, since)
        involved = check.user_id | check.submit_user_id | check.step_ids.user_id
        involved |= client._get_acting_managers() | managers.sudo()
        return involved.sudo(False)

    @api.model
    def _get_obstacle(self, check):
        """Return why the user may not take part in the approval, or nothing."""
        if self.env.user in self._get_involved(check):
            return self.env._(
                "You look after this key client, or had a part in this check already. "
                "Somebody else goes on with it."
            )
        authority = self.env["kam.credit.authority"]
        if not authority._has_any(self.env.user, check.company_id):
            return self.env._(
                "You have no authority to decide on credit. Pass the check on to "
                "somebody who has."
            )
        return False

    @api.model
    def _covers(self, check, user):
        """Tell whether the user's authority covers limit and class of the check."""
        return self.env["kam.credit.authority"]._may_approve(
            user,
            check.company_id,
            check.approved_limit,
            check.risk_class,
            is_above=check.is_above,
        )
