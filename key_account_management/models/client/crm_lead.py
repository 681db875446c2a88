from odoo import fields, models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "kam.guard.mixin"]

    kam_client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        related="partner_id.kam_client_id",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
    )
