from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class KamCollectionStart(models.TransientModel):
    """Switches the dunning ladder of a company on, after a look at its first run."""

    _name = "kam.collection.start"
    _description = "Start the Dunning Ladder"
    _inherit = ["kam.dialog.mixin"]

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
    )
    currency_id = fields.Many2one(related="company_id.currency_id", related_sudo=False)
    date_running = fields.Date(
        related="company_id.kam_ladder_start", string="Running since"
    )
    date_start = fields.Date(
        string="First Day",
        required=True,
        default=lambda self: self.env.company._kam_today(),
    )
    stage_id = fields.Many2one(
        comodel_name="kam.collection.stage",
        string="Old Items Enter at",
        ondelete="cascade",
        domain=[("days", ">", 0)],
        default=lambda self: self.env["kam.collection.stage"].search(
            [("days", ">", 0)], limit=1
        ),
        help="Items that are further already begin at this level and climb on from "
        "there. Empty: they are where their days put them.",
    )
    is_approval = fields.Boolean(
        string="Letters Wait for Approval",
        default=True,
        help="Otherwise they are sent by the scheduled action.",
    )
    line_ids = fields.One2many(
        comodel_name="kam.collection.start.line",
        inverse_name="start_id",
        compute="_compute_line_ids",
        store=True,
        string="First Run",
    )

    @api.depends("company_id", "date_start", "stage_id")
    def _compute_line_ids(self):
        for start in self:
            start.line_ids = [
                Command.clear(),
                *map(Command.create, start._prepare_preview()),
            ]

    def _prepare_preview(self):
        """Values of a line per client and level of the first run.

        Only for those who may start it: the ladder reads every document.
        """
        self.ensure_one()
        if not self._may_start() or not self.company_id or not self.date_start:
            return []
        company = self.company_id._origin or self.company_id
        settings = {"start": self.date_start, "entry": self.stage_id._origin}
        day = company._get_working_day(self.date_start)
        plan = self.env["kam.collection.ladder"]._plan(company, day, settings)
        groups = defaultdict(list)
        for claim, stage, is_done in plan:
            if is_done:
                groups[claim["client_id"], stage].append(claim["debt"])
        return [
            {
                "client_id": client_id,
                "stage_id": stage.id,
                "item_count": len(amounts),
                "amount": sum(amounts),
            }
            for (client_id, stage), amounts in groups.items()
        ]

    def _may_start(self):
        return (
            self.env.user._has_kam_roles("director")
            and self.company_id <= self.env.user.company_ids
        )

    def action_start(self):
        """Switch the ladder on; sudo: only its settings are written.

        :raise UserError: for those who may not, for a day that has passed, or when it
            is running
        """
        self._check_start()
        if self.date_start < self.company_id._kam_today():
            raise UserError(self.env._("The first day has passed. Choose a later one."))
        if self.date_running:
            raise UserError(
                self.env._("The ladder is running already. Switch it off first.")
            )
        self.company_id.sudo().write(
            {
                "kam_ladder_start": self.date_start,
                "kam_ladder_stage_id": self.stage_id.id,
                "kam_ladder_approval": self.is_approval,
            }
        )
        self.env.ref("key_account_management.ir_cron_open_cases").sudo()._trigger()
        return {"type": "ir.actions.act_window_close"}

    def action_stop(self):
        """Switch the ladder off; what it has done stays."""
        self._check_start()
        self.company_id.sudo().kam_ladder_start = False
        return {"type": "ir.actions.act_window_close"}

    def _check_start(self):
        self.ensure_one()
        if not self._may_start():
            raise UserError(
                self.env._(
                    "The ladder is switched on and off by the director of the company. "
                    "Ask him."
                )
            )
