from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._credit_trigger_review()
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._credit_trigger_review()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._credit_trigger_review()
        return result

    def _invoice_paid_hook(self):
        """Core tells on the order that it was paid; history tells nobody."""
        if self.env.su and self.env.context.get("kam_history_import"):
            return None
        return super()._invoice_paid_hook()

    def _credit_trigger_review(self):
        """Have held orders judged again when the debt of their client changed."""
        lines = self.sudo().line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        if clients := lines.partner_id.kam_client_id:
            self.env["kam.credit.decision"]._trigger_review(clients)
