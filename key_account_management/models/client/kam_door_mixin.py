from datetime import date
from functools import wraps
from math import isfinite

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

ADDON = "odoo.addons.key_account_management"
FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2100, 12, 31)


def _behind_door(method):
    """Let a method see records only if its caller may read them."""

    @wraps(method)
    def checked(self, *args, **kwargs):
        if not self.env.su:
            self.check_access("read")
        return method(self, *args, **kwargs)

    return checked


class KamDoorMixin(models.AbstractModel):
    """The door of a model: what comes in by RPC is checked before anything is done.

    Usage: inherit it, or `kam.guard.mixin` or `kam.dialog.mixin`, which have it.

    * Public methods of this addon raise the access error of core on records that the
      caller may not read, and do nothing else with them.
    * Dates lie between 1990 and 2100; a user field whose domain asks for employees
      (``share``) takes nobody else.
    * Methods with arguments take them through ``_take_text``, ``_take_number``,
      ``_take_day`` and ``_take_record``, which name what is wrong.
    """

    _name = "kam.door.mixin"
    _description = "Door for Calls from Outside"

    def _register_hook(self):
        """Wrap the public methods of the finished class, as base_automation does."""
        result = super()._register_hook()
        model_class = self.env.registry[self._name]
        for name in self._get_own_methods():
            if name not in vars(model_class):
                setattr(model_class, name, _behind_door(getattr(model_class, name)))
        return result

    def _unregister_hook(self):
        result = super()._unregister_hook()
        model_class = self.env.registry[self._name]
        for name in self._get_own_methods():
            if name in vars(model_class):
                delattr(model_class, name)
        return result

    @api.model
    def _get_own_methods(self):
        """Return the public methods that this addon, not core, brought to the model."""
        found = {}
        for definition in reversed(type(self).__mro__):
            for name, member in vars(definition).items():
                found.setdefault(name, (definition, member))
        return sorted(
            name
            for name, (definition, member) in found.items()
            if not name.startswith("_")
            and definition.__module__.startswith(ADDON)
            and callable(member)
            and not getattr(member, "_api_model", False)
            and not getattr(member, "_api_private", False)
        )

    def _open_dialog(self, model, name, **context):
        """Return the action that opens a dialog on this record.

        :param model: name of the transient model
        :param name: title
        :param context: its defaults
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_entered(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_entered(vals)
        return super().write(vals)

    @api.model
    def _check_entered(self, vals):
        """Refuse values of our fields that cannot be meant.

        :raise ValidationError: naming the field
        """
        for name in self._get_checked_fields().intersection(vals):
            value = vals[name]
            if value and self._fields[name].type == "many2one":
                self._check_employee(name, value)
            elif value:
                day = fields.Date.to_date(value)
                self._check_day(day, self._get_field_label(name))

    @api.model
    @tools.ormcache("self._name")
    def _get_checked_fields(self):
        """Return the names of our fields that take a day or an employee."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if "key_account_management" in field._modules
            and name not in models.MAGIC_COLUMNS
            and (
                field.type in ("date", "datetime")
                or (field.comodel_name == "res.users" and "share" in str(field.domain))
            )
            and field.type not in ("one2many", "many2many")
        )

    @api.model
    def _check_employee(self, name, user_id):
        """Refuse a user of the portal."""
        user = self.env["res.users"].sudo().browse(user_id)
        if user.share:
            raise ValidationError(
                self.env._(
                    "%(field)s: %(user)s is a user of the portal. Choose an employee.",
                    field=self._get_field_label(name),
                    user=user.name,
                )
            )

    @api.model
    def _get_field_label(self, name):
        return self._fields[name]._description_string(self.env)

    @api.model
    def _check_day(self, day, label):
        """Refuse a day before 1990 or after 2100.

        :raise ValidationError: naming the field
        """
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError(
                self.env._(
                    "%(field)s: %(day)s cannot be meant. Enter a day from 1990 to "
                    "2100.",
                    field=label,
                    day=format_date(self.env, day),
                )
            )

    @api.model
    def _take_text(self, value, label):
        """Return an argument that is a text, without surrounding spaces; "" for none.

        :raise UserError: for anything else
        """
        if value and not isinstance(value, str):
            raise UserError(self.env._("%(field)s: enter a text.", field=label))
        return (value or "").strip()

    @api.model
    def _take_number(self, value, label):
        """Return an argument that is a finite number.

        :raise UserError: for anything else
        """
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not isfinite(value):
            raise UserError(self.env._("%(field)s: enter a number.", field=label))
        return value

    @api.model
    def _take_day(self, value, label):
        """Return an argument that is a date, or its text in ISO form; False for none.

        :raise UserError: for anything else, or a day that cannot be meant
        """
        try:
            day = fields.Date.to_date(value) or False
        except (AttributeError, TypeError, ValueError):
            day = None
        if day is None or not isinstance(value, (date, str, bool, type(None))):
            raise UserError(
                self.env._(
                    "%(field)s: enter a date as year-month-day, such as 2026-12-31.",
                    field=label,
                )
            )
        if day:
            self._check_day(day, label)
        return day

    @api.model
    def _take_record(self, model, value, label):
        """Return an argument that is one record of a model, or its id.

        :raise UserError: for anything else
        :raise AccessError: for a record that the user may not read
        """
        record = self.env[model]
        if isinstance(value, int) and not isinstance(value, bool):
            record = record.browse(value)
        elif isinstance(value, models.BaseModel) and value._name == model:
            record = value
        record = record.exists()
        if len(record) != 1:
            raise UserError(
                self.env._(
                    "%(field)s: choose one record of '%(model)s'.",
                    field=label,
                    model=record._description,
                )
            )
        record.check_access("read")
        return record
