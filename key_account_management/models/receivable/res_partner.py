from odoo import fields, models
from odoo.exceptions import UserError

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

    def _get_kam_recipient(self):
        """Return who gets the letters and statements of a legal entity.

        The invoice contact, where it has an e-mail address, else the company itself;
        with no address at all nobody: then it is the post.
        """
        self.ensure_one()
        partner = self.sudo()
        chosen = self.browse(partner.address_get(["invoice"])["invoice"]).sudo()
        others = partner.child_ids.filtered(lambda child: child.type == "invoice")
        found = (chosen | others - partner | partner).filtered("email")[:1]
        return found.with_env(self.env)

    def _check_kam_recipients(self):
        """Refuse legal entities whom no letter or statement reaches by mail.

        :raise UserError: naming them
        """
        unknown = self.filtered(lambda partner: not partner._get_kam_recipient())
        if unknown:
            raise UserError(
                self.env._(
                    "No e-mail address is known of: %(partners)s. Enter one, or mark "
                    "the document as sent by post.",
                    partners=", ".join(unknown.mapped("name")),
                )
            )
