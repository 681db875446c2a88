from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    kam_can_sign = fields.Boolean(
        string="May Sign Statements",
        copy=False,
        groups="base.group_user",
        help="May agree with reconciliation statements of the company in the portal.",
    )

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
