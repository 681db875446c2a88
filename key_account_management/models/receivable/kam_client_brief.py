from odoo import api, models

TOP = 5


class KamClientBrief(models.AbstractModel):
    """Promises of both sides and the collection case."""

    _inherit = "kam.client.brief"

    @api.model
    def _get_blocks(self, client):
        blocks = super()._get_blocks(client)
        if self.env["kam.promise"].has_access("read"):
            promises = self.env["kam.promise"].search(
                [("client_id", "=", client.id), ("state", "in", ("open", "broken"))],
                order="date DESC, id DESC",
                limit=TOP,
            )
            case = client.collection_id
            blocks.append(
                self._prepare_block("promises", 60, promises=promises, case=case)
            )
        return blocks
