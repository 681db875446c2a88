from odoo import api, models

from ...models.client.numbers import format_number


class IrQwebFieldKamNumber(models.AbstractModel):
    """A number on a document: the widget ``kam_number`` of ``t-options``.

    Options: ``digits`` (at most; default 2) and ``sign`` (a plus above zero).
    """

    _name = "ir.qweb.field.kam_number"
    _description = "Qweb Field Number without Idle Zeros"
    _inherit = ["ir.qweb.field"]

    @api.model
    def value_to_html(self, value, options):
        return format_number(
            self.env, value, options.get("digits", 2), options.get("sign", False)
        )
