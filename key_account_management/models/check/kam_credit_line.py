from odoo import fields, models


class KamCreditLine(models.Model):
    """The creditworthiness checks behind a credit line."""

    _inherit = "kam.credit.line"

    check_count = fields.Integer(
        compute="_compute_check_count",
        groups="key_account_management.group_kam_user,"
        "key_account_management.group_kam_credit",
    )

    def _compute_check_count(self):
        counts = {
            (client, company): count
            for client, company, count in self.env["kam.credit.check"]._read_group(
                [
                    ("client_id", "in", self.client_id.ids),
                    ("company_id", "in", self.company_id.ids),
                ],
                ["client_id", "company_id"],
                ["__count"],
            )
        }
        for line in self:
            line.check_count = counts.get((line.client_id, line.company_id), 0)

    def action_open_checks(self):
        """Open the checks of this client in this company."""
        self.ensure_one()
        return self.client_id._get_record_action(
            "key_account_management.kam_credit_check_action",
            [
                ("client_id", "=", self.client_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            default_client_id=self.client_id.id,
            default_company_id=self.company_id.id,
            default_requested_limit=self.limit,
        )

    def action_renew(self):
        """Open a renewal of these lines, to be submitted and approved as one."""
        renewal = self.env["kam.credit.renewal"]._make(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "kam.credit.renewal",
            "res_id": renewal.id,
            "view_mode": "form",
        }
