from odoo import api, models
from odoo.exceptions import AccessError


class ReportKamCreditCheck(models.AbstractModel):
    """The dossier: only for those who may see the documents of the check."""

    _name = "report.key_account_management.report_kam_credit_check"
    _description = "Creditworthiness Dossier"

    @api.model
    def _get_report_values(self, docids, data=None):
        checks = self.env["kam.credit.check"].browse(docids)
        self._check_reader(checks)
        return {
            "doc_ids": docids,
            "doc_model": checks._name,
            "docs": checks,
        }

    @api.model
    def _check_reader(self, checks):
        """Refuse the dossier to all but credit, director and the client's manager.

        :raise AccessError: naming who may see it
        """
        checks.check_access("read")
        user = self.env.user
        if not checks._is_credit() and any(
            user not in check.client_id._get_acting_managers() for check in checks
        ):
            raise AccessError(
                self.env._(
                    "The dossier holds personal data: it is seen by credit control, "
                    "the director and the manager of the client."
                )
            )
