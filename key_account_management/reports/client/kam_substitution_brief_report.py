from odoo import api, models
from odoo.exceptions import UserError


class ReportSubstitutionBrief(models.AbstractModel):
    """Prints the briefs of all clients of a substitution, for whoever takes over.

    With the rights of the reader: the substitute prints them from the first day on,
    the head and the absent manager before.
    """

    _name = "report.key_account_management.report_substitution_brief"
    _description = "Briefs of the Clients (Report)"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the clients of each substitution, and their blocks.

        :raise AccessError: if the user may not read the substitution
        :raise UserError: if he may read none of its clients
        """
        substitutions = self.env["kam.substitution"].browse(docids)
        substitutions.check_access("read")
        clients = {
            substitution.id: substitution._get_brief_clients()
            for substitution in substitutions
        }
        together = self.env["kam.client"].union(*clients.values())
        if not together:
            raise UserError(
                self.env._(
                    "There is no client whose brief you may read. The substitute "
                    "reads them from the first day of the substitution on."
                )
            )
        brief = self.env["report.key_account_management.report_client_brief"]
        return {
            **brief._get_report_values(together.ids, data),
            "doc_ids": substitutions.ids,
            "doc_model": substitutions._name,
            "docs": substitutions,
            "clients": clients,
        }
