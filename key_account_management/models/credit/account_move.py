from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Judge orders again whose rest was closed: invoicing more is a rise."""
        orders = self.sudo().invoice_line_ids.sale_line_ids.order_id
        closed = orders.filtered("credit_rest_closed").with_env(self.env)
        with self.env["kam.credit.gate"]._watch(closed):
            posted = super()._post(soft=soft)
        posted._credit_trigger_review()
        return posted

    def _get_credit_money(self):
        """Return the money that this invoice is matched with, in its currency.

        Items of bank and cash journals and of payments; negative where money went
        back. Credit notes and entries of other kinds are no money.
        """
        self.ensure_one()
        items = self.line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        )
        received = items.matched_credit_ids.filtered(
            lambda part: part.credit_move_id.move_id._is_credit_money()
        )
        returned = items.matched_debit_ids.filtered(
            lambda part: part.debit_move_id.move_id._is_credit_money()
        )
        return sum(received.mapped("debit_amount_currency")) - sum(
            returned.mapped("credit_amount_currency")
        )

    def _is_credit_money(self):
        return bool(
            self.origin_payment_id or self.journal_id.type in ("bank", "cash", "credit")
        )

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
            self.env["kam.credit.gate"]._trigger_review(clients)
