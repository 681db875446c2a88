from odoo import api, models


class KamDialogMixin(models.AbstractModel):
    """A dialog, which tells nothing that the records behind it would not.

    Usage: every transient model of ours inherits it. Whatever record a dialog is
    opened on, its user has to be able to read it: by values, ``default_*`` keys,
    ``active_ids`` or while the form is typed. Figures of those records are related
    with ``related_sudo=False``.
    """

    _name = "kam.dialog.mixin"
    _description = "Dialog on Records of the User"
    _inherit = ["kam.door.mixin"]

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        self._check_pointed(defaults)
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_pointed(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_pointed(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._check_pointed(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_pointed(self, vals):
        """Refuse values that point to records which the user may not read.

        :raise AccessError: of core, as for reading the record
        """
        if self.env.su:
            return
        for name, value in vals.items():
            field = self._fields.get(name)
            if value and field and field.type in ("many2one", "many2many"):
                cached = field.convert_to_cache(value, self, validate=False)
                field.convert_to_record(cached, self)._origin.check_access("read")
