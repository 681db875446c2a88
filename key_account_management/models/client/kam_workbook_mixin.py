import io

import xlsxwriter

from odoo import models

# Text stays text: a cell that begins with = + - or @ never becomes a formula.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


class KamWorkbookMixin(models.AbstractModel):
    """Records that can be downloaded as an XLSX workbook.

    Usage::

        class KamReconciliation(models.Model):
            _inherit = ["kam.workbook.mixin"]

            def _write_workbook(self, workbook): ...  # with xlsxwriter
            def _get_workbook_name(self): ...         # without the extension

    and a button on ``action_download_workbook``. Formulas are written with
    ``write_formula`` and the sum they have; everything else with ``write_string``,
    ``write_number`` and ``write_datetime``.
    """

    _name = "kam.workbook.mixin"
    _description = "Workbook to Download"

    def _write_workbook(self, workbook):
        """Write the sheets.

        :param workbook: xlsxwriter.Workbook
        """

    def _get_workbook_name(self):
        """Return the name of the file, without the extension."""
        return self._description

    def _get_workbook(self):
        """Return the workbook as bytes."""
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, _OPTIONS) as workbook:
            self._write_workbook(workbook)
        return stream.getvalue()

    def action_download_workbook(self):
        """Download the records as XLSX."""
        self.check_access("read")
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/key_account_management/workbook/{self._name}/{ids}",
            "target": "download",
        }
