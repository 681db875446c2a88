from odoo import api, models
from odoo.tools import SQL


class KamCreditDailyMixin(models.AbstractModel):
    """Balances kept day by day, in the field ``date``.

    Grouped over several days they are averaged, and not added up::

        _daily_fields = frozenset(("receivable", "overdue"))
    """

    _name = "kam.credit.daily.mixin"
    _description = "Balances Day by Day"

    _daily_fields = frozenset()

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        name, _colon, function = aggregate_spec.partition(":")
        total = super()._read_group_select(aggregate_spec, query)
        if name not in self._daily_fields or function != "sum":
            return total
        date = self._field_to_sql(self._table, "date", query)
        return SQL("%s / NULLIF(COUNT(DISTINCT %s), 0)", total, date)
