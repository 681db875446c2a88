from odoo import api, models
from odoo.fields import Date


class KamMeasureMixin(models.AbstractModel):
    """Computed amounts that pivots, graphs and the groups of a list may sum.

    Usage::

        class KamCreditLine(models.Model):
            _inherit = ["kam.measure.mixin"]
            _measured_fields = ("exposure", "overdue")

    The database groups the records that the user may see; the fields compute the
    amounts, for all groups at once. So a sum is always that of its records.
    """

    _name = "kam.measure.mixin"
    _description = "Computed Amounts in Pivots and Graphs"

    _measured_fields = ()

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Take the records of a group in place of an amount that is not stored."""
        name, _colon, function = aggregate_spec.partition(":")
        if not self._is_measured(name, function):
            return super()._read_group_select(aggregate_spec, query)
        self._check_field_access(self._fields[name], "read")
        return super()._read_group_select("id:recordset", query)

    @api.model
    def _read_group_postprocess_aggregate(self, aggregate_spec, raw_values):
        name, _colon, function = aggregate_spec.partition(":")
        if not self._is_measured(name, function):
            return super()._read_group_postprocess_aggregate(aggregate_spec, raw_values)
        groups = super()._read_group_postprocess_aggregate("id:recordset", raw_values)
        if function == "sum":
            return (sum(records.mapped(name)) for records in groups)
        return (records._sum_converted(name) for records in groups)

    @api.model
    def _is_measured(self, name, function):
        return name in self._measured_fields and function in ("sum", "sum_currency")

    def _sum_converted(self, name):
        """Sum an amount in the currency of the user's company, at the rate of today."""
        company = self.env.company
        return sum(
            currency._convert(
                sum(records.mapped(name)),
                company.currency_id,
                company,
                Date.context_today(self),
            )
            for currency, records in self.grouped("currency_id").items()
        )
