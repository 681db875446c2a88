from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_date


class KamClassification(models.Model):
    """A classification run: who earns the company its profit, and who is key.

    Over a period and a base, each key client and each other commercial partner gets
    its share of the company's total (ratios of 100), the cumulative share, an ABC
    class and a proposal. The head accepts or refuses line by line; the run is kept.
    """

    _name = "kam.classification"
    _description = "Classification of Customers"
    _inherit = ["kam.guard.mixin", "mail.thread"]
    _order = "date_to desc, id desc"

    _fixed_fields = frozenset(
        ("company_id", "date_from", "date_to", "base", "border_a", "border_b")
        + ("key_share", "keep_share", "top_count")
    )
    _fixed_unless = frozenset(("draft",))

    name = fields.Char(compute="_compute_name", store=True, readonly=False)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        help="The figures of this company and all its branches.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Made by",
        default=lambda self: self.env.user,
        readonly=True,
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.subtract(
            fields.Date.start_of(self.env.company._kam_today(), "month"), years=1
        ),
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: fields.Date.subtract(
            fields.Date.start_of(self.env.company._kam_today(), "month"), days=1
        ),
    )
    base = fields.Selection(
        [("margin", "Margin"), ("turnover", "Turnover")],
        default="margin",
        required=True,
    )
    border_a = fields.Float(
        string="Class A up to (%)",
        default=80.0,
        required=True,
        help="The largest customers who together bring so many percent are class A; "
        "the one who crosses the border belongs to it.",
    )
    border_b = fields.Float(string="Class B up to (%)", default=95.0, required=True)
    key_share = fields.Float(
        string="Key from (%)",
        default=10.0,
        required=True,
        help="A customer with at least this share of the total is proposed as key.",
    )
    keep_share = fields.Float(
        string="Keep from (%)",
        default=1.0,
        required=True,
        help="A key client with at least this share stays one; below it the run "
        "proposes to demote it.",
    )
    top_count = fields.Integer(
        string="Top", default=10, required=True, help="For the share of the largest."
    )
    state = fields.Selection(
        [("draft", "Draft"), ("open", "To Decide"), ("done", "Done")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    line_ids = fields.One2many(
        comodel_name="kam.classification.line",
        inverse_name="run_id",
        string="Customers",
        readonly=True,
    )
    line_count = fields.Integer(compute="_compute_counts")
    waiting_count = fields.Integer(
        compute="_compute_counts",
        string="To Decide",
        help="Customers that wait for your decision.",
    )
    others_count = fields.Integer(
        compute="_compute_counts",
        string="Waiting for Others",
        help="Key clients of other teams, whose heads decide on them.",
    )
    total = fields.Monetary(readonly=True, copy=False)
    top_share = fields.Float(
        string="Share of the Top (%)", readonly=True, copy=False, digits=(16, 4)
    )
    herfindahl = fields.Float(
        string="Herfindahl Index",
        readonly=True,
        copy=False,
        digits=(16, 2),
        help="Sum of the squared shares in percent, 0 to 10,000: above 2,500 the "
        "company depends on few customers. Customers without a positive figure are "
        "left out.",
    )
    is_estimate = fields.Boolean(
        readonly=True,
        copy=False,
        help="Part of the margin uses the cost of today, for invoices from before the "
        "installation.",
    )

    _dates_order = models.Constraint(
        "CHECK (date_from <= date_to)",
        "The period ends before it begins: change one of its dates.",
    )

    @api.depends("base", "date_from", "date_to")
    def _compute_name(self):
        for run in self:
            run.name = self.env._(
                "%(base)s, %(date_from)s to %(date_to)s",
                base=dict(self._fields["base"]._description_selection(self.env)).get(
                    run.base, ""
                ),
                date_from=format_date(self.env, run.date_from),
                date_to=format_date(self.env, run.date_to),
            )

    @api.depends("line_ids.decision")
    @api.depends_context("uid")
    def _compute_counts(self):
        count_all = self._count_lines([])
        count_waiting = self._count_lines([("decision", "=", "waiting")])
        count_mine = self._count_lines([("may_decide", "=", True)])
        for run in self:
            run.line_count = count_all.get(run._origin, 0)
            run.waiting_count = count_mine.get(run._origin, 0)
            waiting = count_waiting.get(run._origin, 0)
            run.others_count = waiting - run.waiting_count

    def _count_lines(self, domain):
        """Return dict run -> number of its lines in the domain."""
        lines = self.env["kam.classification.line"]
        domain = [("run_id", "in", self.ids), *domain]
        return dict(lines._read_group(domain, ["run_id"], ["__count"]))

    @api.constrains("border_a", "border_b", "key_share", "keep_share", "top_count")
    def _check_borders(self):
        for run in self:
            if not 0 < run.border_a < run.border_b <= 100:
                raise ValidationError(
                    self.env._(
                        "The borders must rise: 0 < class A < class B, at most 100 %."
                    )
                )
            if not 0 <= run.keep_share <= run.key_share <= 100:
                raise ValidationError(
                    self.env._(
                        "'Keep from' cannot be above 'Key from', and both lie between "
                        "0 and 100 %."
                    )
                )
            if run.top_count < 1:
                raise ValidationError(self.env._("'Top' must be at least 1."))

    def write(self, vals):
        self._check_right()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_computed(self):
        if any(run.state != "draft" for run in self):
            raise UserError(self.env._("A run that was computed is kept."))

    @api.model
    def _get_system_message(self, names):
        return self.env._(
            "The results of a classification run are computed and cannot be entered."
        )

    def _get_fixed_message(self):
        return self.env._(
            "A computed run is kept as it was. Duplicate it to try other settings."
        )

    def _check_right(self):
        if self.env.su:
            return
        self.env.user._check_kam_roles(
            "head",
            message=self.env._(
                "Customers are classified by the head of the department or the "
                "director."
            ),
        )

    def action_compute(self):
        """Compute shares, classes and proposals of all customers of the company.

        The shares are those of the whole company, so the figures of all customers
        are read, whatever the user may see of them otherwise.

        :raise UserError: if there is nothing to share out
        """
        for run in self:
            run._check_right()
            if run.state != "draft":
                raise UserError(self.env._("This run was computed already."))
            run._fill_lines()
            run._count_concentration()
            run.sudo().state = "open"
        return True

    def _fill_lines(self):
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(self._get_fill_query())
        self.env["kam.classification.line"].invalidate_model()
        if not self.env.cr.rowcount:
            raise UserError(
                self.env._(
                    "No customer brought anything from %(date_from)s to %(date_to)s: "
                    "choose another period or base.",
                    date_from=format_date(self.env, self.date_from),
                    date_to=format_date(self.env, self.date_to),
                )
            )

    def _get_fill_query(self):
        """SQL that writes one line per customer with shares, class and proposal.

        In one statement, as there may be tens of thousands. The class goes by the
        share before the customer himself: whoever crosses a border is still of the
        class above it, so that class A is never empty. Losses are of class C.
        """
        report = self.env["kam.sales.report"]
        return SQL(
            """
            INSERT INTO kam_classification_line (
                run_id, company_id, client_id, partner_id, amount, is_estimate,
                rank, share, cumulative_share, abc, proposal, decision)
            SELECT %(run)s, %(company)s, client_id, partner_id, amount, is_estimate,
                   rank, share, cumulative, abc, proposal,
                   CASE WHEN proposal IN ('promote', 'demote') THEN 'waiting'
                        ELSE 'none' END
              FROM (
                SELECT ranked.*,
                       CASE WHEN amount <= 0 THEN 'c'
                            WHEN cumulative - share < %(border_a)s THEN 'a'
                            WHEN cumulative - share < %(border_b)s THEN 'b'
                            ELSE 'c' END AS abc,
                       CASE WHEN client_id IS NULL AND share >= %(key_share)s
                            THEN 'promote'
                            WHEN client_id IS NULL THEN 'none'
                            WHEN share >= %(keep_share)s THEN 'keep'
                            ELSE 'demote' END AS proposal
                  FROM (
                    SELECT customer.*,
                           ROW_NUMBER() OVER ordered AS rank,
                           100 * amount / total AS share,
                           100 * SUM(amount) OVER ordered / total AS cumulative
                      FROM (%(amounts)s) customer,
                           (SELECT SUM(amount) AS total FROM (%(amounts)s) a) t
                     WHERE total > 0
                    WINDOW ordered AS (
                        ORDER BY amount DESC, client_id, partner_id)
                  ) ranked
              ) classed
            """,
            run=self.id,
            company=self.company_id.id,
            border_a=self.border_a,
            border_b=self.border_b,
            key_share=self.key_share,
            keep_share=self.keep_share,
            amounts=report._get_amounts_query(
                self.company_id, self.date_from, self.date_to, self.base
            ),
        )

    def _count_concentration(self):
        """Top-N share and Herfindahl index over the customers with a profit."""
        self.ensure_one()
        total, top, herfindahl, is_estimate = self.env.execute_query(
            SQL(
                """
                SELECT SUM(amount),
                       100 * COALESCE(SUM(amount) FILTER (WHERE rank <= %(top)s
                            AND amount > 0), 0)
                           / NULLIF(SUM(amount) FILTER (WHERE amount > 0), 0),
                       10000 * SUM(amount * amount) FILTER (WHERE amount > 0)
                           / NULLIF(SUM(amount) FILTER (WHERE amount > 0), 0) ^ 2,
                       BOOL_OR(is_estimate)
                  FROM kam_classification_line WHERE run_id = %(run)s
                """,
                run=self.id,
                top=self.top_count,
            )
        )[0]
        self.sudo().write(
            {
                "total": float(total),
                "top_share": float(top or 0),
                "herfindahl": float(herfindahl or 0),
                "is_estimate": is_estimate and self.base == "margin",
            }
        )

    def action_done(self):
        """Close the run; what is still to decide counts as refused.

        :raise AccessError: while other heads have something to decide
        """
        for run in self:
            run._check_right()
            if run.state != "open":
                raise UserError(self.env._("Compute the run first."))
            if run.others_count:
                raise AccessError(
                    self.env._(
                        "Key clients of other teams wait for their heads. They decide "
                        "first, or the director closes the run."
                    )
                )
            run.line_ids.filtered("may_decide").action_refuse()
            run.sudo().state = "done"
        return True

    def action_open_lines(self):
        """Open all customers of the run."""
        return self._open_lines()

    def action_open_waiting(self):
        """Open the customers that wait for the user's decision."""
        return self._open_lines(search_default_waiting=1)

    def _open_lines(self, **context):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "key_account_management.kam_classification_line_action"
        )
        action["domain"] = [("run_id", "=", self.id)]
        action["context"] = context
        return action
