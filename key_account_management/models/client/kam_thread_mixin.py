from odoo import models


class KamThreadMixin(models.AbstractModel):
    """A thread whose messages reach only those users who may read the record.

    Followers stay followers when a client is handed over; core would go on sending
    them every message. Usage: inherit instead of ``mail.thread``.
    """

    _name = "kam.thread.mixin"
    _description = "Thread for Those with Access"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(
            message, msg_vals=msg_vals, **kwargs
        )
        return [data for data in recipients if self._may_hear(data["uid"])]

    def _may_hear(self, user_id):
        """Tell whether a recipient is no user, or one who may read the record."""
        if not user_id:
            return True
        companies = self.env["res.users"].sudo().browse(user_id).company_ids
        record = self.with_user(user_id).with_context(allowed_company_ids=companies.ids)
        return record.has_access("read")
