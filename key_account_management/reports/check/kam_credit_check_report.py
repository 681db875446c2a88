from odoo import api, models


class ReportKamCreditCheck(models.AbstractModel):
    """The dossier: only for those who may see the documents of the check."""

    _name = "report.key_account_management.report_kam_credit_check"
    _description = "Creditworthiness Dossier"

    @api.model
    def _get_report_values(self, docids, data=None):
        checks = self.env["kam.credit.check"].browse(docids)
        checks._check_dossier()
        return {
            "doc_ids": docids,
            "doc_model": checks._name,
            "docs": checks,
        }
