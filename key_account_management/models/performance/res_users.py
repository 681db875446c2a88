from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    kam_digest = fields.Boolean(
        string="Weekly Digest of Key Accounts",
        default=True,
        help="A mail each Monday: where you stand, or where your department stands.",
    )
    kam_digest_on = fields.Date(string="Last Weekly Digest", readonly=True, copy=False)

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "kam_digest"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "kam_digest"]
