from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain


class KamClassificationLine(models.Model):
    """A customer in a classification run: a key client, or one commercial partner."""

    _name = "kam.classification.line"
    _description = "Classified Customer"
    _inherit = ["kam.guard.mixin"]
    _order = "run_id desc, rank, id"
    _rec_names_search = ["client_id.name", "partner_id.name"]

    _append_only = True
    _append_only_except = frozenset(
        ("client_id", "decision", "decision_user_id", "decision_date")
    )

    run_id = fields.Many2one(
        comodel_name="kam.classification",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="The main legal entity, or the customer who is no key client.",
    )
    rank = fields.Integer(readonly=True, aggregator=None)
    amount = fields.Monetary(
        readonly=True, help="Margin or turnover of the period, company currency."
    )
    share = fields.Float(
        string="Share (%)", digits=(16, 4), readonly=True, aggregator="sum"
    )
    cumulative_share = fields.Float(
        string="Cumulative (%)", digits=(16, 4), readonly=True, aggregator="max"
    )
    abc = fields.Selection(
        [("a", "A"), ("b", "B"), ("c", "C")],
        string="Class",
        required=True,
        readonly=True,
    )
    is_estimate = fields.Boolean(
        string="Estimate",
        readonly=True,
        help="Some of the cost is that of today: the invoices are from before the "
        "installation.",
    )
    proposal = fields.Selection(
        [
            ("promote", "Promote"),
            ("keep", "Keep"),
            ("demote", "Demote"),
            ("none", "No Key Client"),
        ],
        required=True,
        readonly=True,
    )
    decision = fields.Selection(
        [
            ("none", "Nothing to Decide"),
            ("waiting", "To Decide"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
    )
    decision_user_id = fields.Many2one(
        comodel_name="res.users", string="Decided by", readonly=True
    )
    decision_date = fields.Datetime(string="Decided on", readonly=True)
    may_decide = fields.Boolean(
        compute="_compute_may_decide",
        search="_search_may_decide",
        help="It waits for a decision, and the client is one of the user's teams.",
    )

    @api.depends("client_id", "partner_id")
    def _compute_display_name(self):
        for line in self.sudo():  # a run lists the customers of every team
            line.display_name = line.client_id.name or line.partner_id.display_name

    @api.depends("decision", "client_id", "run_id.state")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        mine = self.search(Domain("id", "in", self.ids) & self._get_decidable_domain())
        for line in self:
            line.may_decide = line._origin in mine

    @api.model
    def _search_may_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._get_decidable_domain()
        return domain if True in value else ~domain

    @api.model
    def _get_decidable_domain(self):
        """Lines that wait for the user: new key clients, and clients he may see.

        Another team's client is demoted by its own head, or by the director.
        """
        clients = self.env["kam.client"].with_context(active_test=False)
        return (
            Domain("decision", "=", "waiting")
            & Domain("run_id.state", "=", "open")
            & (
                Domain("client_id", "=", False)
                | Domain("client_id", "in", clients._search(Domain.TRUE))
            )
        )

    @api.model
    def _get_kept_message(self):
        return self.env._("A computed run is kept as it was.")

    def action_accept(self):
        """Do what the run proposes: make the customer key, or no longer key.

        :raise UserError: if there is nothing (left) to decide
        """
        self._check_waiting()
        promoted = self.filtered(lambda line: line.proposal == "promote")
        for line in promoted:
            line.sudo().client_id = line._promote()
        (self - promoted).client_id.action_dissolve(
            self.env._("Classification run: below the share to keep.")
        )
        self._decide("accepted")
        return True

    def action_refuse(self):
        """Leave the customer as it is."""
        self._check_waiting()
        self._decide("refused")
        return True

    def _check_waiting(self):
        self.run_id._check_right()
        if any(line.decision != "waiting" for line in self):
            raise UserError(
                self.env._(
                    "Nothing is left to decide on %s.",
                    ", ".join(
                        line.display_name for line in self if line.decision != "waiting"
                    ),
                )
            )
        if any(run.state != "open" for run in self.run_id):
            raise UserError(self.env._("This classification run is closed."))
        if others := self.filtered(lambda line: not line.may_decide):
            raise AccessError(
                self.env._(
                    "%s: key clients of another team. Its head or the director decides "
                    "on them.",
                    ", ".join(others.mapped("display_name")),
                )
            )

    def _promote(self):
        """Return the new key client of the customer, its documents filled."""
        self.ensure_one()
        company = self.partner_id.commercial_partner_id
        if company.kam_membership_id:
            return company.kam_membership_id
        client = self.env["kam.client"].create(
            {"name": company.name, "partner_ids": [Command.set(company.ids)]}
        )
        company._fill_kam_documents()
        return client

    def _decide(self, decision):
        self.sudo().write(
            {
                "decision": decision,
                "decision_user_id": self.env.uid,
                "decision_date": fields.Datetime.now(),
            }
        )
