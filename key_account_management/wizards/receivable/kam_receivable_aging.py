from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...reports.receivable.kam_receivable_report import COLUMNS


class KamReceivableAging(models.TransientModel):
    """Aged receivables of a company at the close of a day: on screen, XLSX and PDF.

    Of the clients that the user may see, or of some of them.
    """

    _name = "kam.receivable.aging"
    _description = "Aged Receivables on a Day"
    _inherit = ["kam.dialog.mixin", "kam.workbook.mixin"]

    to_date = fields.Date(
        string="As of",
        required=True,
        default=lambda self: self.env.company._kam_today(),
        help="The close of this day: documents and matchings dated up to it.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
        help="The figures include its branches.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    client_ids = fields.Many2many(
        comodel_name="kam.client",
        string="Key Clients",
        default=lambda self: (
            self.env.context.get("active_ids")
            if self.env.context.get("active_model") == "kam.client"
            else False
        ),
        help="Empty: all that you may see.",
    )

    @api.depends("to_date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for aging in self:
            aging.display_name = self.env._(
                "Aged receivables as of %(date)s",
                date=format_date(self.env, aging.to_date),
            )

    def action_open(self):
        """Show the open items of the day on screen."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "key_account_management.kam_receivable_report_action"
        )
        return {
            **action,
            "name": self.display_name,
            "display_name": self.display_name,
            "domain": list(self._get_domain()),
            "context": {"to_date": fields.Date.to_string(self.to_date)},
        }

    def action_print(self):
        """Print the aging by manager and client."""
        self.ensure_one()
        report = "key_account_management.action_report_kam_receivable_aging"
        return self.env.ref(report).report_action(self)

    def _get_domain(self):
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id)
        if self.client_ids:
            domain &= Domain("client_id", "in", self.client_ids.ids)
        return domain

    def _get_report(self):
        """Return the empty report of the day."""
        return self.env["kam.receivable.report"].with_context(to_date=self.to_date)

    def _get_items(self):
        """Return the open items, by manager and client."""
        return self._get_report().search(
            self._get_domain(), order="manager_id, client_id, date_maturity, id"
        )

    def _get_groups(self):
        """Return the sums by manager and client, as the printed table has them.

        :return: list of (manager, list of (client, dict of sums)); the names of
            :data:`COLUMNS`, ``residual`` and ``days_overdue`` (the oldest)
        """
        rows = self._get_report()._read_group(
            self._get_domain(),
            ["manager_id", "client_id"],
            [*(f"{name}:sum" for name in (*COLUMNS, "residual")), "days_overdue:max"],
            order="manager_id, client_id",
        )
        names = (*COLUMNS, "residual", "days_overdue")
        groups = {}
        for manager, client, *figures in rows:
            sums = dict(zip(names, figures, strict=True))
            groups.setdefault(manager, []).append((client, sums))
        return list(groups.items())

    def _get_sums(self, rows):
        """Return the sums of some of the rows of :meth:`_get_groups`."""
        sums = [sums for _client, sums in rows]
        return {
            **{name: sum(row[name] for row in sums) for name in (*COLUMNS, "residual")},
            "days_overdue": max((row["days_overdue"] for row in sums), default=0),
        }

    def _get_ledger_balance(self):
        """Return balance of the ledger and matchings with others, of all the clients.

        Reads every document of the clients that the user may read. Of a company that
        is not active it says nothing, as the items do.
        """
        if self.company_id not in self.env.companies.sudo().root_id:
            return 0.0, 0.0
        domain = Domain("id", "in", self.client_ids.ids) if self.client_ids else []
        clients = self.env["kam.client"].with_context(active_test=False).search(domain)
        return self.env["kam.credit.ledger"]._get_pooled_balance(
            clients.ids, self.company_id, self.to_date
        )

    def _get_report_base_filename(self):
        return self.display_name.replace("/", "-")
