from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

from .kam_desk_tile import ROWS

# Aging in the order of the chart; the colour of the bar.
AGING = {
    "not_due": "success",
    "1_30": "warning",
    "31_60": "warning",
    "61_90": "danger",
    "over_90": "danger",
}
BROKEN_DAYS = 30
REPORT = "kam.receivable.report"


class KamDeskReceivable(models.AbstractModel):
    """Money due, overdue and promised, clients at risk, collection."""

    _name = "kam.desk.receivable"
    _description = "My Desk: Receivables"
    _inherit = ["kam.desk.tile"]

    def _get_debts(self, morning):
        """Return the debts of today by client, manager and aging.

        :return: list of (client, manager, bucket, residual, overdue)
        """
        return self._get_debt_sets(morning)[0]

    def _get_debt_sets(self, morning):
        """Return the debts of today in two ways, in one query over the items.

        :return: :meth:`_get_debts`, and a list of (due date, residual, overdue)
        """
        return morning.once(
            "debts",
            lambda: self.env[REPORT]._read_grouping_sets(
                [("company_id", "=", morning.company.id), ("residual", ">", 0)],
                [["client_id", "manager_id", "bucket"], ["date_maturity:day"]],
                ["residual:sum", "overdue:sum"],
            ),
        )

    def _open_debts(self, morning, domain, title):
        own = Domain("company_id", "=", morning.company.id)
        return self._open(
            "kam_receivable_report_action", REPORT, own & Domain(domain), title
        )

    def _tile_money(self, morning):
        """Return what is due, overdue and promised today, and the aging."""
        due = [("date_maturity", "=", morning.today), ("residual", ">", 0)]
        due_opens = self._open_debts(morning, due, self.env._("Due Today"))
        by_day = {row[0]: row[1] for row in self._get_debt_sets(morning)[1]}
        overdue = sum(row[4] or 0.0 for row in self._get_debts(morning))
        return self._tile(
            self.env._("Money"),
            [
                self._figure(
                    self.env._("Due today"),
                    by_day.get(morning.today, 0.0),
                    due_opens,
                    "residual",
                    "money",
                ),
                self._figure(
                    self.env._("Overdue"),
                    overdue,
                    self._open_debts(
                        morning, [("overdue", ">", 0)], self.env._("Overdue")
                    ),
                    "overdue",
                    "money",
                    tone="danger",
                ),
                self._promised(morning),
            ],
            chart=self._chart(self._aging_bars(morning)),
            empty=self.env._("No client owes anything."),
            more=self._open_debts(morning, [], self.env._("Receivables")),
        )

    def _get_promises(self, morning):
        """Return the promises due today and those broken of late, in one query.

        :return: list of (client, state, amount)
        """
        promised = self._promises_domain(morning, "open")
        broken = self._promises_domain(morning, "broken")
        return morning.once(
            "promises",
            lambda: self.env["kam.promise"]._read_group(
                promised | broken, ["client_id", "state"], ["amount:sum"]
            ),
        )

    def _promises_domain(self, morning, state):
        own = Domain(
            [("company_id", "=", morning.company.id), ("direction", "=", "theirs")]
        )
        if state == "open":
            return (
                own & Domain("state", "=", state) & Domain("date", "=", morning.today)
            )
        since = morning.today - timedelta(days=BROKEN_DAYS)
        return own & Domain("state", "=", state) & Domain("date", ">=", since)

    def _promised(self, morning):
        label = self.env._("Promised today")
        amounts = [a for _c, state, a in self._get_promises(morning) if state == "open"]
        domain = self._promises_domain(morning, "open")
        opens = self._open("kam_promise_action", "kam.promise", domain, label)
        return self._figure(label, sum(amounts), opens, "amount", "money")

    def _aging_bars(self, morning):
        sums = defaultdict(float)
        for _client, _manager, bucket, residual, _overdue in self._get_debts(morning):
            sums[bucket] += residual
        names = dict(
            self.env[REPORT]._fields["bucket"]._description_selection(self.env)
        )
        for bucket, tone in AGING.items():
            opens = self._open_debts(morning, [("bucket", "=", bucket)], names[bucket])
            yield self._figure(
                names[bucket], sums[bucket], opens, "residual", "money", tone
            )

    def _tile_managers(self, morning):
        """Return what is overdue by manager, the largest first."""
        sums = defaultdict(float)
        for _client, manager, _bucket, _residual, overdue in self._get_debts(morning):
            sums[manager] += overdue or 0.0
        nobody = self.env._("Without a manager")
        bars = []
        for manager, overdue in sorted(sums.items(), key=lambda item: -item[1]):
            if overdue:
                name = manager.name or nobody
                domain = [("manager_id", "=", manager.id), ("overdue", ">", 0)]
                opens = self._open_debts(morning, domain, name)
                bars.append(
                    self._figure(name, overdue, opens, "overdue", "money", "danger")
                )
        return self._tile(
            self.env._("Overdue by Manager"),
            chart=self._chart(bars[:8], is_horizontal=True),
            empty=self.env._("Nothing is overdue."),
            more=self._open_debts(
                morning, [("overdue", ">", 0)], self.env._("Overdue by Manager")
            ),
        )

    def _tile_risk(self, morning):
        """Return the clients at risk with the reasons, the most money first."""
        silent = self._get_silent(morning.clients)
        reasons = self._get_reasons(morning)
        for client_id in silent:
            reasons[client_id] += []
        clients = self.env["kam.client"].browse(
            sorted(reasons, key=lambda id_: -sum(r["weight"] for r in reasons[id_]))
        )
        title = self.env._("Clients at Risk")
        opens = self._open(
            "kam_client_action", "kam.client", [("id", "in", clients.ids)], title
        )
        return self._tile(
            title,
            [self._figure(self.env._("Clients"), len(clients), opens, tone="danger")],
            [
                self._row(
                    client,
                    client.name,
                    silent.get(client.id),
                    figures=[reason["figure"] for reason in reasons[client.id]],
                )
                for client in clients[:ROWS]
            ],
            empty=self.env._("No client is at risk."),
        )

    def _get_reasons(self, morning):
        """Return client id -> list of dicts: the money it is about, the figure."""
        reasons = defaultdict(list)
        for client_id, weight, figure in (
            *self._get_overdrawn(morning),
            *self._get_late(morning),
            *self._get_broken(morning),
        ):
            reasons[client_id].append({"weight": weight, "figure": figure})
        return reasons

    def _get_silent(self, clients):
        """Return client id -> words, of those silent for longer than is their habit."""
        return {
            client.id: self.env._(
                "silent for %(days)s days, orders every %(median)s",
                days=rhythm.days,
                median=round(rhythm.median),
            )
            for client, rhythm in clients._get_rhythm().items()
            if rhythm and rhythm.is_silent
        }

    def _get_overdrawn(self, morning):
        """Yield the clients whose debt and orders exceed the limit."""
        domain = [("company_id", "=", morning.company.id), ("headroom", "<", 0)]
        label = self.env._("over limit")
        for line in self.env["kam.credit.line"].search_fetch(domain):
            opens = self._open(
                "kam_credit_line_action",
                "kam.credit.line",
                [("id", "=", line.id)],
                self.env._("Over Limit"),
            )
            figure = self._figure(
                label, line.headroom, opens, "headroom", "money", "danger"
            )
            yield line.client_id.id, -line.headroom, figure

    def _get_late(self, morning):
        """Yield the clients with overdue debt."""
        sums = defaultdict(float)
        for client, _manager, _bucket, _residual, overdue in self._get_debts(morning):
            sums[client.id] += overdue or 0.0
        for client_id, overdue in sums.items():
            if overdue:
                domain = [("client_id", "=", client_id), ("overdue", ">", 0)]
                opens = self._open_debts(morning, domain, self.env._("Overdue"))
                figure = self._figure(
                    self.env._("overdue"), overdue, opens, "overdue", "money", "danger"
                )
                yield client_id, overdue, figure

    def _get_broken(self, morning):
        """Yield the clients who broke a promise in the last 30 days."""
        domain = self._promises_domain(morning, "broken")
        for client, state, amount in self._get_promises(morning):
            if state != "broken":
                continue
            opens = self._open(
                "kam_promise_action",
                "kam.promise",
                domain & Domain("client_id", "=", client.id),
                self.env._("Broken Promises"),
            )
            figure = self._figure(
                self.env._("promise broken"),
                amount,
                opens,
                "amount",
                "money",
                "warning",
            )
            yield client.id, 0.0, figure

    def _tile_cases(self, morning):
        """Return the open cases in the order of priority."""
        title = self.env._("Collection")
        domain = Domain(
            [("company_id", "=", morning.company.id), ("state", "=", "open")]
        )
        today = domain & Domain("next_date", "<=", morning.today)
        Case = self.env["kam.collection"]
        cases = Case.search_fetch(domain)
        return self._tile(
            title,
            [
                self._figure(
                    label,
                    len(found),
                    self._open("kam_collection_action", Case._name, where, label),
                    tone=tone,
                )
                for label, found, where, tone in (
                    (self.env._("Open cases"), cases, domain, ""),
                    (
                        self.env._("To contact today"),
                        cases.filtered_domain(today),
                        today,
                        "warning",
                    ),
                )
            ],
            [
                self._row(
                    case,
                    case.client_id.name,
                    case.stage_id.name,
                    [self._row_figure(case, "overdue", tone="danger")],
                )
                for case in cases[:ROWS]
            ],
            empty=self.env._("No overdue debt is to be collected."),
        )

    def _tile_letters(self, morning):
        """Return the letters that wait for approval, the oldest first."""
        title = self.env._("Letters to Approve")
        domain = [
            ("company_id", "=", morning.company.id),
            ("state", "=", "draft"),
            ("is_queued", "=", False),
        ]
        letters = self.env["kam.collection.letter"].search_fetch(
            domain, order="date, id"
        )
        opens = self._open("kam_collection_letter_action", letters._name, domain, title)
        return self._tile(
            title,
            [
                self._figure(self.env._("Letters"), len(letters), opens),
                self._figure(
                    self.env._("Claimed"),
                    sum(letters.mapped("amount")),
                    opens,
                    "amount",
                    "money",
                ),
            ],
            [
                self._row(
                    letter,
                    letter.partner_id.name,
                    f"{letter.stage_id.name} · {format_date(self.env, letter.date)}",
                    [self._row_figure(letter, "amount")],
                )
                for letter in letters[:ROWS]
            ],
            empty=self.env._("No letter waits for approval."),
        )
