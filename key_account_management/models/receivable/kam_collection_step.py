from odoo import api, fields, models


class KamCollectionStep(models.Model):
    """What was done in a case, or about an item on the ladder.

    Added to, never changed, but for the outcome of a letter that was drafted.
    """

    _name = "kam.collection.step"
    _description = "Collection Step"
    _inherit = ["kam.guard.mixin"]
    _order = "date desc, id desc"
    _rec_name = "result"

    _system_only = True

    collection_id = fields.Many2one(
        comodel_name="kam.collection", index=True, ondelete="restrict"
    )
    client_id = fields.Many2one(
        comodel_name="kam.client",
        compute="_compute_key",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_key",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    stage_id = fields.Many2one(
        comodel_name="kam.collection.stage",
        index="btree_not_null",
        ondelete="restrict",
    )
    item_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Journal Item",
        ondelete="set null",
        help="The instalment that reached the level.",
    )
    letter_id = fields.Many2one(
        comodel_name="kam.collection.letter",
        index="btree_not_null",
        ondelete="restrict",
    )
    date = fields.Date(
        required=True, default=lambda self: self.env.company._kam_today()
    )
    kind = fields.Selection(
        [
            ("open", "Opened"),
            ("call", "Call"),
            ("stage", "Moved Forward"),
            ("level", "Level of the Ladder"),
            ("pause", "Paused"),
            ("resume", "Resumed"),
            ("close", "Closed"),
        ],
        required=True,
    )
    outcome = fields.Selection(
        [
            ("done", "Done"),
            ("skipped", "Skipped"),
            ("draft", "Drafted"),
            ("sent", "Sent"),
            ("dropped", "Dropped"),
        ],
        string="Status",
        default="done",
        required=True,
    )
    result = fields.Char(required=True)
    overdue = fields.Monetary(
        help="Overdue debt at that moment; of a level, that of the item."
    )
    summary = fields.Char(
        compute="_compute_summary",
        string="What Was Done",
        help="All that a run has passed over is one row of the log of a case.",
    )
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

    _level_once = models.UniqueIndex(
        "(item_id, stage_id) WHERE item_id IS NOT NULL",
        "This item has taken that level of the ladder already.",
    )

    @api.depends("collection_id")
    def _compute_key(self):
        for step in self.filtered("collection_id"):
            step.client_id = step.collection_id.client_id
            step.company_id = step.collection_id.company_id

    @api.depends("result", "outcome", "collection_id", "date")
    def _compute_summary(self):
        """Tell what a run has skipped as a whole: the levels, and of how many items."""
        skipped = self.filtered(
            lambda step: step.outcome == "skipped" and step.collection_id
        )
        groups = self._read_group(
            [
                ("collection_id", "in", skipped.collection_id.ids),
                ("date", "in", skipped.mapped("date")),
                ("outcome", "=", "skipped"),
            ],
            ["collection_id", "date:day"],
            ["stage_id:recordset", "item_id:count_distinct"],
        )
        runs = {(case, day): figures for case, day, *figures in groups}
        for step in self:
            stages, count = runs.get((step.collection_id, step.date), (None, 0))
            step.summary = step.result
            if step in skipped and stages:
                step.summary = self.env._(
                    "Passed over: %(levels)s; documents: %(count)s",
                    levels=", ".join(stages.sorted("days").mapped("name")),
                    count=count,
                )

    @api.model
    def _log(self, cases, kind, result, **vals):
        """Add a step to each case; sudo: nobody may write the log directly.

        :param result: text, or a function of an environment that returns it in the
            language of whoever answers for the client
        """
        readers = {
            (company, client): user
            for company, some in cases.grouped("company_id").items()
            for client, user in some.client_id._get_responsible_users(company).items()
        }

        def say(case):
            if not callable(result):
                return result
            reader = case.user_id or readers[case.company_id, case.client_id]
            return result(reader._get_kam_words(case.company_id))

        return self.sudo().create(
            [
                {
                    "collection_id": case.id,
                    "stage_id": case.stage_id.id,
                    "kind": kind,
                    "result": say(case),
                    "overdue": case.overdue,
                    "user_id": self.env.uid,
                    **vals,
                }
                for case in cases
            ]
        )
