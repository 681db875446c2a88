from odoo import api, fields, models
from odoo.exceptions import UserError


class KamClient(models.Model):
    _inherit = "kam.client"

    promise_ids = fields.One2many(
        comodel_name="kam.promise", inverse_name="client_id", string="Promises"
    )
    dispute_ids = fields.One2many(
        comodel_name="kam.dispute", inverse_name="client_id", string="Disputes"
    )
    collection_id = fields.Many2one(
        comodel_name="kam.collection",
        compute="_compute_collection_id",
        string="Collection Case",
        help="The case in the current company that is not closed.",
    )

    @api.depends_context("company")
    def _compute_collection_id(self):
        cases = dict(
            self.env["kam.collection"]._read_group(
                [
                    ("client_id", "in", self.ids),
                    ("company_id", "=", self.env.company.root_id.id),
                    ("state", "!=", "closed"),
                ],
                ["client_id"],
                ["id:recordset"],
            )
        )
        for client in self:
            client.collection_id = cases.get(client._origin)

    @api.model
    def _get_broken_promise_counts(self, company, date_from):
        domain = [
            ("direction", "=", "theirs"),
            ("state", "!=", "cancelled"),
            ("company_id", "=", company.sudo().root_id.id),
        ]
        broken = [("state", "=", "broken"), ("date", ">=", date_from)]
        promises = self.env["kam.promise"].sudo()
        made = promises._read_group(domain, ["client_id"])
        counts = dict(promises._read_group(domain + broken, ["client_id"], ["__count"]))
        return {client.id: counts.get(client, 0) for (client,) in made}

    def _get_penalty_terms(self, company):
        """Return per client the penalty for late payment, as its contract has it.

        :return: dict client -> (percent per day, most in percent of the item; 0: no
            cap); the defaults of the company, where no contract says otherwise
        """
        company = company.sudo()
        terms = company.kam_penalty_rate, company.kam_penalty_cap
        return dict.fromkeys(self, terms)

    def action_new_promise(self):
        """Open a new promise of this client."""
        self.ensure_one()
        self.check_access("read")
        return self._get_new_action("kam.promise", default_client_id=self.id)

    def action_open_case(self):
        """Open the collection case, or start one where debt is ripe for it.

        :raises UserError: nothing is overdue beyond the grace of the credit policy
        """
        self.ensure_one()
        self.check_access("read")
        if not self.collection_id:
            collections = self.env["kam.collection"]
            collections.check_access("write")
            collections._open_cases(self.ids)
            self.invalidate_recordset(["collection_id"])
        if not self.collection_id:
            raise UserError(
                self.env._(
                    "There is nothing to collect from %s: no debt is overdue beyond "
                    "the grace of the credit policy.",
                    self.name,
                )
            )
        return self.action_open_collection()

    def action_open_collection(self):
        """Open the collection case of this client."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Collection Case"),
            "res_model": "kam.collection",
            "res_id": self.collection_id.id,
            "view_mode": "form",
        }
