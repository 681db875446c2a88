from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Print our documents one by one; they are merged afterwards.

        A wkhtmltopdf without its patches to Qt cannot print several at once.
        """
        prepare = super()._render_qweb_pdf_prepare_streams
        report = self._get_report(report_ref)
        is_ours = report.report_name.startswith("key_account_management.")
        if not is_ours or len(res_ids or ()) < 2:
            return prepare(report_ref, data, res_ids=res_ids)
        streams = {}
        for res_id in res_ids:
            streams.update(prepare(report_ref, data, res_ids=[res_id]))
        return streams
