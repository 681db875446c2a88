from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    kam_visit_ids = fields.One2many(
        comodel_name="kam.visit",
        inverse_name="lead_id",
        string="Visits",
        groups="key_account_management.group_kam_user",
    )

    def _merge_dependences(self, opportunities):
        """Visits go to the lead that stays; sudo: also those of colleagues."""
        result = super()._merge_dependences(opportunities)
        opportunities.sudo().kam_visit_ids.lead_id = self
        return result
