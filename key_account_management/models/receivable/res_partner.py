from odoo import fields, models

SIGNING = ",".join(
    f"key_account_management.group_kam_{role}"
    for role in ("head", "credit", "director")
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    _system_fields = frozenset(("kam_can_sign",))

    kam_can_sign = fields.Boolean(
        string="May Sign Statements",
        copy=False,
        groups="base.group_user",
        help="May agree with reconciliation statements of the company in the portal. "
        "Set by head, credit control and director.",
    )

    def _check_system_fields(self, vals):
        """Let those set the right to sign who answer for statements.

        Without the right a new contact is what it is by default.
        """
        holders = self.sudo().filtered("kam_can_sign")
        is_nothing = not vals.get("kam_can_sign") and not holders
        if "kam_can_sign" in vals and (is_nothing or self.env.user.has_groups(SIGNING)):
            vals = {name: vals[name] for name in vals if name != "kam_can_sign"}
        return super()._check_system_fields(vals)
