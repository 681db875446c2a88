from odoo import models
from odoo.exceptions import AccessError, UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_set_kam_manager(self, manager, reason):
        """Count posted documents for another manager, with a reason in their chatter.

        sudo: nobody may write the stamp directly. Only somebody who has looked after
        the client can take them, so that posting again keeps him.

        :param manager: res.users
        :param reason: kept with the document
        :raise AccessError: for others than the head of the client's team
        :raise UserError: without a reason, for drafts and for strangers to the client
        """
        self.check_access("read")
        manager = self._take_record(
            "res.users", manager, self._get_field_label("kam_manager_id")
        )
        reason = self._take_text(reason, self.env._("Reason"))
        if not reason:
            raise UserError(self.env._("Enter why the document counts for another."))
        for move in self:
            move._check_kam_manager(manager)
        for move in self.sudo():
            body = self.env._(
                "Counts for %(new)s instead of %(old)s: %(reason)s",
                new=manager.sudo().name,
                old=move.kam_manager_id.name or "–",
                reason=reason,
            )
            move.kam_manager_id = manager
            move._message_log(body=body, author_id=self.env.user.partner_id.id)
        return True

    def _check_kam_manager(self, manager):
        user, client = self.env.user, self.sudo().kam_client_id
        if not self.env.su and not user._leads_kam_team(client.team_id):
            raise AccessError(
                self.env._(
                    "For whom a document counts is changed by the head of the "
                    "department or the director. Ask one of them."
                )
            )
        if self.state != "posted" or not client:
            raise UserError(
                self.env._("%s is no posted document of a key client.", self.name)
            )
        if manager not in client.assignment_ids.manager_id:
            raise UserError(
                self.env._(
                    "%(manager)s never looked after %(client)s. Hand the client over "
                    "first, or choose one of its managers.",
                    manager=manager.sudo().name,
                    client=client.name,
                )
            )
