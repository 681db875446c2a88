from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY


class KamCreditImportMixin(models.AbstractModel):
    """Import into a model whose records are judged: all of it or a fresh attempt.

    Core takes the failure of a transaction that met another decision for an error of
    the row, and goes on in a transaction that can lock the client no more: rows are
    reported as wrong that are right. Usage: add to ``_inherit`` of such a model.
    """

    _name = "kam.credit.import.mixin"
    _description = "Import of Judged Documents"

    @api.model
    def load(self, fields, data):
        """Import; see core.

        :raise psycopg2.OperationalError: if somebody else decided meanwhile; Odoo's
            request handling tries the whole import again
        """
        lost = []
        importing = self.with_context(kam_import_lost=lost)
        result = super(KamCreditImportMixin, importing).load(fields, data)
        if lost:
            raise lost[0]
        return result

    def _load_records(self, data_list, update=False):
        lost = self.env.context.get("kam_import_lost", [])
        if lost:  # the rows to come need not wait for the lock one by one
            raise lost[0]
        try:
            records = super()._load_records(data_list, update)
            self.env.flush_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            lost.append(error)
            raise
        return records
