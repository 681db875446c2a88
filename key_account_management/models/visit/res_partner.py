from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

FIRST_BIRTHDAY = date(1900, 1, 1)


class ResPartner(models.Model):
    _inherit = "res.partner"

    kam_birthday = fields.Date(string="Birthday", copy=False, groups="base.group_user")
    kam_has_decision_power = fields.Boolean(
        string="Has Decision Power",
        copy=False,
        groups="base.group_user",
        help="This person decides on buying. The weekly plan proposes the client in "
        "the week of the birthday, and the brief names this person first.",
    )

    @api.constrains("kam_birthday")
    def _check_kam_birthday(self):
        today = self.env.company._kam_today()
        for partner in self:
            day = partner.kam_birthday
            if day and not FIRST_BIRTHDAY <= day <= today:
                raise ValidationError(
                    self.env._(
                        "Birthday: %(day)s is no day of birth of %(contact)s. Enter a "
                        "day from 1900 to today.",
                        day=format_date(self.env, day),
                        contact=partner.display_name,
                    )
                )

    @api.model
    def _get_checked_fields(self):
        """Birthdays have limits of their own: most lie before 1990."""
        return super()._get_checked_fields() - {"kam_birthday"}
