from odoo import api, fields, models


class KamCollectionStep(models.Model):
    """What was done in a case; added to, never changed."""

    _name = "kam.collection.step"
    _description = "Collection Step"
    _order = "date desc, id desc"
    _rec_name = "result"

    collection_id = fields.Many2one(
        comodel_name="kam.collection", required=True, index=True, ondelete="restrict"
    )
    client_id = fields.Many2one(
        related="collection_id.client_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="collection_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    stage_id = fields.Many2one(
        comodel_name="kam.collection.stage",
        index="btree_not_null",
        ondelete="restrict",
    )
    date = fields.Date(
        required=True, default=lambda self: self.env["kam.credit.ledger"]._today()
    )
    kind = fields.Selection(
        [
            ("open", "Opened"),
            ("call", "Call"),
            ("stage", "Moved Forward"),
            ("pause", "Paused"),
            ("resume", "Resumed"),
            ("close", "Closed"),
        ],
        required=True,
    )
    result = fields.Char(required=True)
    overdue = fields.Monetary(help="Overdue debt at that moment.")
    next_date = fields.Date(string="Next Contact")
    promise_id = fields.Many2one(
        comodel_name="kam.promise", index="btree_not_null", ondelete="restrict"
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Done by",
        default=lambda self: self.env.user,
        required=True,
        index=True,
        ondelete="restrict",
    )

    @api.model
    def _log(self, cases, kind, result, **vals):
        """Add a step to each case; sudo: nobody may write the log directly."""
        return self.sudo().create(
            [
                {
                    "collection_id": case.id,
                    "stage_id": case.stage_id.id,
                    "kind": kind,
                    "result": result,
                    "overdue": case.overdue,
                    "user_id": self.env.uid,
                    **vals,
                }
                for case in cases
            ]
        )
