from calendar import isleap
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

NEW_DAYS = 90
QUOTATION_DAYS = 3


class KamVisitReasonFinder(models.AbstractModel):
    """The reasons of this room and those above it to meet a client in a week.

    One query per reason, whatever the number of clients. Works as superuser: the
    callers let out what the manager of a client may see of it.
    """

    _name = "kam.visit.reason.finder"
    _description = "Reasons to Meet a Client"

    @api.model
    def _get_reasons(self, clients, week):
        """Return dict client -> list of (code, weight, figures)."""
        weights = self.env["kam.visit.reason"]._get_weights()
        found = {client: [] for client in clients}
        for code in ("held_order", "broken_promise", "overdue", "promise_day") + (
            "silent",
            "quotation",
            "newcomer",
            "birthday",
        ):
            if code not in weights:
                continue
            for client_id, figures in getattr(self, f"_find_{code}")(clients, week):
                client = clients.browse(client_id)
                found[client].append((code, weights[code], figures))
        return found

    def _get_company(self):
        return self.env.company.root_id

    def _find_held_order(self, clients, week):
        groups = self.env["kam.credit.decision"]._read_group(
            [
                ("client_id", "in", clients.ids),
                ("company_id", "child_of", self._get_company().id),
                ("outcome", "=", "hold"),
                ("state", "=", "open"),
            ],
            ["client_id"],
            ["order_id:recordset"],
        )
        for client, orders in groups:
            yield client.id, {"orders": orders.mapped("name")[:3]}

    def _get_promises(self, clients, domain):
        """Return (client id, figures) of the earliest promise of each client."""
        company = self._get_company()
        groups = self.env["kam.promise"]._read_group(
            [
                ("client_id", "in", clients.ids),
                ("company_id", "=", company.id),
                ("direction", "=", "theirs"),
                *domain,
            ],
            ["client_id"],
            ["date:min", "amount:sum"],
        )
        for client, day, amount in groups:
            yield (
                client.id,
                {
                    "date": fields.Date.to_string(day),
                    "amount": amount,
                    "currency": company.currency_id.id,
                },
            )

    def _find_broken_promise(self, clients, week):
        """Promises broken in the last 30 days before the end of the week."""
        since = week - timedelta(days=30)
        domain = [("state", "in", ("broken", "partly")), ("date", ">=", since)]
        return self._get_promises(clients, domain)

    def _find_promise_day(self, clients, week):
        domain = [
            ("state", "=", "open"),
            ("date", ">=", week),
            ("date", "<=", week + timedelta(days=6)),
        ]
        return self._get_promises(clients, domain)

    def _find_overdue(self, clients, week):
        company = self._get_company()
        keys = [(client.id, company.id) for client in clients]
        receivables = self.env["kam.credit.ledger"]._get_receivables(keys)
        for (client_id, _company_id), figures in receivables.items():
            if company.currency_id.compare_amounts(figures["overdue"], 0) > 0:
                yield (
                    client_id,
                    {
                        "amount": figures["overdue"],
                        "currency": company.currency_id.id,
                        "days": int(figures["oldest_overdue_days"]),
                    },
                )

    def _find_silent(self, clients, week):
        for client, rhythm in clients._get_rhythm().items():
            if rhythm and rhythm.is_silent:
                yield client.id, {"days": rhythm.days, "median": round(rhythm.median)}

    def _find_quotation(self, clients, week):
        """The oldest quotation that was sent and has no answer for some days."""
        since = fields.Datetime.now() - timedelta(days=QUOTATION_DAYS)
        quotations = self.env["sale.order"].search(
            [
                ("kam_client_id", "in", clients.ids),
                ("company_id", "child_of", self._get_company().id),
                ("state", "=", "sent"),
                ("date_order", "<=", since),
            ],
            order="date_order desc",
        )
        for client, orders in quotations.grouped("kam_client_id").items():
            day = fields.Date.to_string(orders[-1].date_order.date())
            yield client.id, {"name": orders[-1].name, "date": day}

    def _find_newcomer(self, clients, week):
        """Clients whose first invoice of their life is at most 90 days old.

        Whoever was never invoiced is new since the record was made.
        """
        if not clients:
            return
        self.env["account.move"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT client.id, COALESCE(MIN(move.invoice_date),
                       MIN(client.create_date)::date)
                  FROM kam_client client
             LEFT JOIN account_move move ON move.kam_client_id = client.id
                   AND move.state = 'posted' AND move.move_type = 'out_invoice'
                 WHERE client.id IN %(clients)s
              GROUP BY client.id
                """,
                clients=tuple(clients.ids),
            )
        )
        since = week - timedelta(days=NEW_DAYS)
        for client_id, day in rows:
            if day and day >= since:
                yield client_id, {"date": fields.Date.to_string(day)}

    def _find_birthday(self, clients, week):
        """The first birthday of the week among the contacts who decide."""
        days = self._get_birthdays(week)
        people = self.env["res.partner"].search_fetch(
            [
                ("kam_client_id", "in", clients.ids),
                ("kam_has_decision_power", "=", True),
                ("kam_birthday", "!=", False),
                "|",
                ("company_id", "=", False),
                ("company_id", "child_of", self._get_company().id),
            ],
            ["name", "kam_birthday", "kam_client_id"],
            order="id",
        )
        first = {}
        for person in people:
            birthday = person.kam_birthday
            if day := days.get((birthday.month, birthday.day)):
                client_id = person.kam_client_id.id
                found = first.get(client_id)
                if not found or day < found[0]:
                    first[client_id] = (day, person.name)
        for client_id, (day, name) in first.items():
            yield client_id, {"name": name or "", "date": fields.Date.to_string(day)}

    @api.model
    def _get_birthdays(self, week):
        """Return the day of the week on which each (month, day) is celebrated.

        Who was born on 29 February celebrates on the 28th in other years.
        """
        days = [week + timedelta(days=number) for number in range(7)]
        found = {(day.month, day.day): day for day in days}
        if (2, 28) in found and not isleap(found[2, 28].year):
            found[2, 29] = found[2, 28]
        return found
