from odoo import api, models


class ReportClientBrief(models.AbstractModel):
    """Prints the brief of clients, in the language of the reader."""

    _name = "report.key_account_management.report_client_brief"
    _description = "Client Brief (Report)"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return clients and their blocks.

        :raise AccessError: if the user may not read one of the clients
        """
        clients = self.env["kam.client"].browse(docids)
        brief = self.env["kam.client.brief"]
        return {
            "doc_ids": clients.ids,
            "doc_model": clients._name,
            "docs": clients,
            "company": self.env.company,
            "today": self.env.company._kam_today(),
            "blocks": {
                client.id: brief._get_sorted_blocks(client) for client in clients
            },
        }
