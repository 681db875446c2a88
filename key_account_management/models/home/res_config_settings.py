from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Rates, terms and switches of the company, of all rooms on one page."""

    _inherit = "res.config.settings"

    kam_substitute_keeps_owner = fields.Boolean(
        related="company_id.kam_substitute_keeps_owner", readonly=False
    )
    kam_hand_over_days = fields.Integer(
        related="company_id.kam_hand_over_days", readonly=False
    )
    kam_pay_credit_days = fields.Integer(
        related="company_id.kam_pay_credit_days", readonly=False
    )
    kam_checkpoint_days = fields.Char(
        related="company_id.kam_checkpoint_days", readonly=False
    )
    kam_reactivation_months = fields.Integer(
        related="company_id.kam_reactivation_months", readonly=False
    )
    kam_visit_speed = fields.Float(related="company_id.kam_visit_speed", readonly=False)
    kam_strike_days = fields.Integer(
        related="company_id.kam_strike_days", readonly=False
    )
    kam_plan_deadline_day = fields.Selection(
        related="company_id.kam_plan_deadline_day", readonly=False
    )
    kam_plan_hour = fields.Float(related="company_id.kam_plan_hour", readonly=False)
    kam_plan_deadline_hour = fields.Float(
        related="company_id.kam_plan_deadline_hour", readonly=False
    )
    kam_check_drop_points = fields.Float(
        related="company_id.kam_check_drop_points", readonly=False
    )
    kam_check_keep_months = fields.Integer(
        related="company_id.kam_check_keep_months", readonly=False
    )
    kam_bank_days = fields.Integer(related="company_id.kam_bank_days", readonly=False)
    kam_ladder_start = fields.Date(related="company_id.kam_ladder_start")
    kam_ladder_approval = fields.Boolean(
        related="company_id.kam_ladder_approval", readonly=False
    )
    kam_accountant_id = fields.Many2one(
        related="company_id.kam_accountant_id", readonly=False
    )
    kam_letter_days = fields.Integer(
        related="company_id.kam_letter_days", readonly=False
    )
    kam_demand_days = fields.Integer(
        related="company_id.kam_demand_days", readonly=False
    )
    kam_penalty_rate = fields.Float(
        related="company_id.kam_penalty_rate", readonly=False
    )
    kam_penalty_cap = fields.Float(related="company_id.kam_penalty_cap", readonly=False)
    kam_reminder_count = fields.Integer(
        related="company_id.kam_reminder_count", readonly=False
    )
    kam_reminder_days = fields.Integer(
        related="company_id.kam_reminder_days", readonly=False
    )
    kam_visit_speed = fields.Float(related="company_id.kam_visit_speed", readonly=False)
    kam_strike_days = fields.Integer(
        related="company_id.kam_strike_days", readonly=False
    )
    kam_plan_deadline_day = fields.Selection(
        related="company_id.kam_plan_deadline_day", readonly=False
    )
    kam_plan_hour = fields.Float(related="company_id.kam_plan_hour", readonly=False)
    kam_plan_deadline_hour = fields.Float(
        related="company_id.kam_plan_deadline_hour", readonly=False
    )
