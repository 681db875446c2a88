from odoo import api, models
from odoo.exceptions import UserError


class KamFixedMixin(models.AbstractModel):
    """Keeps users from writing fields that only methods of the model set.

    Usage: name the fields in ``_fixed_fields`` and say in ``_get_fixed_message`` how
    they do change. Superuser code is not stopped.
    """

    _name = "kam.fixed.mixin"
    _description = "Fields Set by Methods Only"

    _fixed_fields = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        self._check_fixed(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_fixed([vals])
        return super().write(vals)

    def _check_fixed(self, vals_list):
        if not self.env.su and any(
            self._fixed_fields & set(vals) for vals in vals_list
        ):
            raise UserError(self._get_fixed_message())

    def _get_fixed_message(self):
        """Return what to tell who writes a fixed field: what to do instead."""
        raise NotImplementedError
