from odoo import api, fields, models
from odoo.exceptions import UserError


class KamSubstitutionTransfer(models.TransientModel):
    """Hand what falls into the days of an absence over to the substitute.

    Everything found is proposed; what the head takes out stays with its owner. Rooms
    add what they have in :meth:`_get_kinds`.
    """

    _name = "kam.substitution.transfer"
    _description = "Transfer Work to the Substitute"
    _inherit = ["kam.dialog.mixin"]

    substitution_id = fields.Many2one(
        comodel_name="kam.substitution", required=True, ondelete="cascade"
    )
    state = fields.Selection(related="substitution_id.state", related_sudo=False)
    activity_ids = fields.Many2many(
        comodel_name="mail.activity",
        string="Activities",
        compute="_compute_work",
        compute_sudo=False,
        store=True,
        readonly=False,
    )

    @api.model
    def _get_kinds(self):
        """Return the kinds of work: field, how it is found, how it is handed over."""
        work = self.env["kam.substitution.work"]
        return [("activity_ids", work._get_activities, work._give)]

    @api.depends("substitution_id")
    def _compute_work(self):
        kinds = self._get_kinds()
        for dialog in self:
            for name, find, _give in kinds:
                dialog[name] = find(dialog.substitution_id)

    def action_apply(self):
        """Hand over what is chosen.

        :raise AccessError: for whoever may not decide on the substitution
        :raise UserError: if it is a draft, over or cancelled
        """
        self.ensure_one()
        self.substitution_id._check_decider()
        if self.state not in ("confirmed", "active"):
            raise UserError(
                self.env._(
                    "Work is handed over once the substitution is confirmed, and "
                    "until it is over."
                )
            )
        for name, find, give in self._get_kinds():
            # what was found and not taken out; nothing else gets in
            give(self.substitution_id, self[name] & find(self.substitution_id))
        return {"type": "ir.actions.act_window_close"}
