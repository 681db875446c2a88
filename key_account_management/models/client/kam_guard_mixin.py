from odoo import api, models, tools
from odoo.exceptions import AccessError, UserError

ADDON = "key_account_management"


class KamGuardMixin(models.AbstractModel):
    """Keeps users from writing what the system writes, and what is fixed by then.

    Usage; every model of ours has it, an extension of a core model as well::

        _inherit = ["kam.guard.mixin", "kam.thread.mixin"]
        _system_fields = frozenset(("state", "user_id"))  # written by methods, sudo
        _fixed_fields = frozenset(("amount", "date"))     # never edited by anybody ...
        _fixed_unless = frozenset(("draft",))             # ... but in these states

    Each class of a model names its own system fields; whatever this addon defines as
    readonly is one without being named. From wherever a user enters one it is refused
    (values, import, lists of a parent); where he only proposes one (``default_*`` in
    the context, his own defaults) it takes the default of the field itself, for code
    that runs as superuser on his behalf too. Lines follow the state of their parent
    with ``_fixed_by``. With ``_system_only`` users enter no field at all; with
    ``_append_only``, besides, nothing is edited or deleted, not by the superuser
    either, but for ``_append_only_except``.
    """

    _name = "kam.guard.mixin"
    _description = "Guard of System Fields and Fixed Figures"
    _inherit = ["kam.door.mixin"]

    _system_fields = frozenset()
    _fixed_fields = frozenset()
    _fixed_unless = frozenset()
    _fixed_state_field = "state"
    _fixed_by = None
    _system_only = False
    _append_only = False
    _append_only_except = frozenset()

    @api.model
    @tools.ormcache("self._name")
    def _get_system_fields(self):
        """Return the names of the fields that only code as superuser writes."""
        own = {
            name: field
            for name, field in self._fields.items()
            if ADDON in field._modules and name not in models.MAGIC_COLUMNS
        }
        if self._system_only or self._append_only:
            return frozenset(own)
        readonly = (name for name, field in own.items() if field.readonly)
        return self._get_named("_system_fields").union(readonly)

    @api.model
    @tools.ormcache("self._name")
    def _get_fixed_fields(self):
        """Return the names of the fields that are fixed by the state."""
        return self._get_named("_fixed_fields")

    def _get_named(self, attribute):
        """Return what all classes of the model name in an attribute."""
        classes = type(self).__mro__
        return frozenset().union(*(vars(c).get(attribute, ()) for c in classes))

    @api.model
    def default_get(self, fields):
        """Take no default that anybody may choose for what the system writes."""
        system = self._get_system_fields()
        others = [name for name in fields if name not in system]
        defaults = super().default_get(others) if others else {}
        for name in system.intersection(fields):
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, False)
                defaults[name] = field.convert_to_write(value, self)
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_system_fields(vals)
        records = super().create(vals_list)
        if self._fixed_by and not self.env.su:
            records[self._fixed_by]._check_lines_unfixed()
        return records

    def write(self, vals):
        if self._append_only and not self._append_only_except.issuperset(vals):
            raise UserError(self._get_kept_message())
        if not self.env.su:
            self._check_system_fields(vals)
            self._check_fixed_fields(vals)
        return super().write(vals)

    def _write_unguarded(self, vals):
        """Write past the guard: for a method that finishes its own entry only."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        if self._append_only:
            raise UserError(self._get_kept_message())
        if self._fixed_by and not self.env.su:
            self[self._fixed_by]._check_lines_unfixed()

    def copy_data(self, default=None):
        """Copy only what the user could enter."""
        vals_list = super().copy_data(default=default)
        if self.env.su:
            return vals_list
        system = self._get_system_fields()
        return [
            {name: value for name, value in vals.items() if name not in system}
            for vals in vals_list
        ]

    @api.model
    def _check_system_fields(self, vals):
        """Refuse values that only the system writes.

        An empty list is no value: the web client sends one along for a new record.

        :raise AccessError: naming the fields
        """
        if self.env.su:
            return
        names = [
            name
            for name in self._get_system_fields().intersection(vals)
            if vals[name] or self._fields[name].type not in ("one2many", "many2many")
        ]
        if names:
            raise AccessError(self._get_system_message(names))

    def _check_fixed_fields(self, vals):
        """Refuse to edit what is fixed in the state of the record or its parent.

        :raise AccessError: if the user may not write the records at all
        :raise UserError: naming what to do instead
        """
        if self._fixed_by:
            self.check_access("write")
            self[self._fixed_by]._check_lines_unfixed()
            if self._fixed_by in vals:
                parents = self[self._fixed_by].browse(vals[self._fixed_by] or ())
                parents._check_lines_unfixed()
        if not self._get_fixed_fields().isdisjoint(vals):
            self.check_access("write")
            self._check_unfixed()

    def _check_unfixed(self):
        """Refuse records whose fixed fields are not edited in their state.

        :raise UserError: naming what to do instead
        """
        self.check_access("read")
        for record in self:
            is_open = (
                self._fixed_unless
                and record[self._fixed_state_field] in self._fixed_unless
            )
            if not is_open:
                raise UserError(record._get_fixed_message())

    def _check_lines_unfixed(self):
        """Refuse changes of lines; in the states in which their parent is fixed."""
        self._check_unfixed()

    @api.model
    def _get_system_message(self, names):
        """Return what to tell who enters system fields: what to do instead."""
        return self.env._(
            "These fields are set by the system and cannot be entered: %(fields)s. "
            "Leave them out, and use the buttons of the record.",
            fields=", ".join(
                sorted(
                    self._fields[name]._description_string(self.env) for name in names
                )
            ),
        )

    def _get_fixed_message(self):
        """Return what to tell who edits a fixed record: what to do instead."""
        return self.env._(
            "%(record)s is decided and stays as it is. Make a new one instead.",
            record=self.display_name,
        )

    @api.model
    def _get_kept_message(self):
        """Return what to tell who edits or deletes an entry that is kept."""
        return self.env._("These entries are kept as they were made.")
