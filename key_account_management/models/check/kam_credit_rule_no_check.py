from odoo import api, models


class KamCreditRuleNoCheck(models.AbstractModel):
    """An approved creditworthiness check of the client is valid today."""

    _name = "kam.credit.rule.no_check"
    _description = "Credit Rule: No Creditworthiness Check"
    _inherit = ["kam.credit.rule"]

    _rule_order = 60

    @api.model
    def _get_facts(self, keys):
        """Return the last day of the approved checks of each client, in one query.

        sudo: the gate judges by checks that the user may not see; only the day gets
        out, and of it whether it is past.
        """
        if not keys:
            return {}
        clients, companies = map(set, zip(*keys, strict=True))
        checks = self.env["kam.credit.check"].sudo()
        ends = checks._read_group(
            [
                ("client_id", "in", clients),
                ("company_id", "in", companies),
                ("state", "=", "approved"),
            ],
            ["client_id", "company_id"],
            ["valid_until:max"],
        )
        return {(client.id, company.id): end for client, company, end in ends}

    @api.model
    def _measure(self, situation, policy, exceeds):
        until = situation.facts[self._code]
        has_check = bool(until) and until >= situation.today
        return not has_check, 0 if has_check else 1, 0

    @api.model
    def _get_label(self):
        return self.env._("No creditworthiness check")

    @api.model
    def _get_broken_text(self, values):
        return self.env._("No creditworthiness check of the client is valid.")

    @api.model
    def _get_passed_text(self, values, is_measured):
        return self.env._("The client's creditworthiness is checked.")
