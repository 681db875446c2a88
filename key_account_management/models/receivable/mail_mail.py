from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Tell the letters and statements whose mail reached nobody.

        Their figures are read again before they leave anew, so the old mail is never
        sent again.
        """
        failed = self.browse()
        if failure_type and not success_pids and not success_emails:
            failed = self.filtered(lambda mail: mail._is_kam_letter())
        documents = [(mail.model, mail.res_id, mail.failure_reason) for mail in failed]
        result = super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason, failure_type
        )
        failed.exists().write({"state": "cancel"})
        for model, res_id, reason in documents:
            document = self.env[model].sudo().browse(res_id).exists()
            document._note_mail(failure_reason or reason or failure_type)
        return result

    def _is_kam_letter(self):
        mixin = self.pool["kam.letter.mixin"]
        return self.model in self.pool and issubclass(self.pool[self.model], mixin)
