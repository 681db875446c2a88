from odoo import api, models


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.depends_context("kam_show_debt")
    def _compute_display_name(self):
        """Tell invoices to choose from apart: whose, how much is open, and due when."""
        super()._compute_display_name()
        if not self.env.context.get("kam_show_debt"):
            return
        date_format = self.env["res.lang"]._get_data(code=self.env.lang).date_format
        for move in self.filtered(lambda move: move.state == "posted"):
            due = move.invoice_date_due or move.date
            move.display_name = self.env._(
                "%(document)s · %(client)s · %(residual)s due %(day)s",
                document=move.name,
                client=move.commercial_partner_id.sudo().name or "",
                residual=move.currency_id.format(move.amount_residual),
                day=due.strftime(date_format or "%Y-%m-%d") if due else "",
            )

    def _get_kam_debtor_client(self):
        """Return the key client that owes this document today.

        That of the debtor, since a legal entity takes its open debt with it when it
        moves to another client; where it is in none, that of the document.
        """
        self.ensure_one()
        move = self.sudo()
        return move.commercial_partner_id.kam_client_id or move.kam_client_id

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._trigger_kam_promises()
        return posted

    def _trigger_kam_promises(self):
        """Have promises judged soon when money of their clients came or went.

        sudo: accountants post money of clients that they need not see.
        """
        kinds = ("bank", "cash", "credit")
        money = self.sudo().filtered(lambda move: move.journal_id.type in kinds)
        clients = money.line_ids.partner_id.kam_client_id
        if clients and self.env["kam.promise"].sudo().search_count(
            [
                ("client_id", "in", clients.ids),
                ("direction", "=", "theirs"),
                ("state", "=", "open"),
            ],
            limit=1,
        ):
            cron = self.env.ref("key_account_management.ir_cron_judge_promises")
            cron.sudo()._trigger()
