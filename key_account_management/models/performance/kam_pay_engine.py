from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from . import pay

# How far back documents of closed months are compared.
MONTHS_BACK = 12


class KamPayEngine(models.AbstractModel):
    """Pays the cards of a month, and corrects the months that are closed.

    The documents of a month are compared as they are today with those that were paid:
    a card keeps them (``pay_detail``), and so does each correction, so that a document
    counts once, whenever and in whatever order it comes. A credit note soon after the
    invoice of an earlier month belongs to that month, and to no other. Reads every
    document: the callers let out no more than the pay of cards that the user may read.
    """

    _name = "kam.pay.engine"
    _description = "Variable Pay of Scorecards"

    @api.model
    def _fill(self, cards, as_of):
        """Write the pay of computed draft cards and what they correct; safe to repeat.

        :param cards: kam.scorecard of one company and month, as superuser
        :param as_of: last day whose documents count
        """
        company, first = cards.company_id, cards[:1].date_from
        sales = self._get_sales(company, first, cards[:1].date_to, as_of)
        schemes = self.env["kam.pay.scheme"]._get_in_force(
            company, cards.user_id, first, cards[:1].date_to
        )
        earlier = self._get_new_earlier(cards)
        by_user = schemes.grouped("user_id")
        for card in cards:
            inputs = self._prepare_inputs(
                card,
                by_user.get(card.user_id, schemes.browse()),
                sales.get(card.user_id.id, {"documents": {}, "active": [], "new": []}),
                earlier.get(card.id, 0),
            )
            card.write(
                {
                    "pay_detail": inputs,
                    "has_pay": bool(inputs["schemes"]),
                    "pay_earned": pay.get_pay(inputs),
                }
            )
        self._correct(cards, as_of)
        for card in cards:
            card._write_pay()

    def _prepare_inputs(self, card, schemes, sales, earlier):
        """Return the inputs of `pay`, with the documents and clients behind them."""
        plan_line = card.line_ids.filtered(lambda line: line.code == "plan")
        plans = {
            part["metric"]: part["plan"]
            for part in (plan_line.detail or {}).get("parts", ())
        }
        facts = {
            "turnover": sum(doc[0] for doc in sales["documents"].values()),
            "active_clients": len(sales["active"]),
            "new_clients": len(sales["new"]) + earlier,
        }
        return {
            "days": (card.date_to - card.date_from).days + 1,
            "digits": card.company_id.currency_id.decimal_places,
            "parts": {
                metric: {
                    "fact": round(facts[metric], 2),
                    "plan": round(plans.get(metric, 0), 2),
                }
                for metric in pay.METRICS
            },
            "criteria": {
                line.code: line.actual if line.is_applicable else None
                for line in card.line_ids
                if line.code in pay.CORRECTING
            },
            "schemes": [
                scheme._prepare_inputs(card.date_from, card.date_to)
                for scheme in schemes
            ],
            **sales,
        }

    def _get_new_earlier(self, cards):
        """Return dict card id -> new clients of the quarter before the card's month.

        They are on the card only where few are planned, see `kam.scorecard.engine`.
        """
        rows = self.env["kam.scorecard.entry"]._read_group(
            [
                ("line_id", "in", cards.line_ids.ids),
                ("kind", "=", "new_clients"),
                ("date", "<", cards[:1].date_from),
            ],
            ["line_id"],
            ["amount:sum"],
        )
        return {line.scorecard_id.id: int(amount) for line, amount in rows}

    # The documents of a month

    @api.model
    def _get_sales(self, company, first, last, as_of):
        """Return what a month is paid by, as the documents are today.

        :return: dict manager id -> dict of ``documents`` {move id as text: [amount,
            client id, name]}, ``active`` and ``new``: sorted lists of client ids
        """
        facts = self.env["kam.plan.facts"].sudo()
        branches = facts._get_branches(company)
        facts._flush_facts()
        self.env["kam.scorecard"].flush_model(["state", "pay_detail"])
        rows = self.env.execute_query(
            self._sales_query(company, branches, first, last, as_of)
        )
        found = {}
        for move_id, user_id, client_id, _type, _date, amount, name in rows:
            bucket = self._get_bucket(found, user_id)
            bucket["documents"][str(move_id)] = [float(amount), client_id, name]
        buyers = self._get_buyers(rows)
        new = self._get_new(branches, first, [client for client, _user in buyers])
        for client_id, user_id in buyers:
            bucket = self._get_bucket(found, user_id)
            bucket["active"].append(client_id)
            if client_id in new:
                bucket["new"].append(client_id)
        return found

    @staticmethod
    def _get_bucket(found, user_id):
        return found.setdefault(user_id, {"documents": {}, "active": [], "new": []})

    def _sales_query(self, company, branches, first, last, as_of):
        """SQL of the documents that a month is paid by, one row each.

        ``late`` are the credit notes that correct an earlier month: posted soon
        enough after an invoice of a month whose card is open or was closed with its
        documents. They leave the month of their own date and join the invoice's.
        """
        facts = self.env["kam.plan.facts"].sudo()
        until = min(last, as_of)
        return SQL(
            """
            WITH late AS (
                SELECT credit.id, %(stamp)s AS manager_id, move.kam_client_id,
                       move.invoice_date AS of_date, credit.invoice_date,
                       credit.move_type, credit.amount_untaxed_signed, credit.name
                  FROM account_move credit
                  JOIN account_move move ON move.id = credit.reversed_entry_id
                   AND move.state = 'posted' AND move.move_type = 'out_invoice'
                   AND move.kam_client_id IS NOT NULL
                 WHERE credit.state = 'posted' AND credit.move_type = 'out_refund'
                   AND credit.company_id IN %(branches)s
                   AND credit.invoice_date >= %(first)s
                   AND credit.invoice_date <= move.invoice_date + %(days)s
                   AND date_trunc('month', credit.invoice_date)
                       > date_trunc('month', move.invoice_date)
                   AND EXISTS (
                        SELECT FROM kam_scorecard card
                         WHERE card.company_id = %(company)s
                           AND card.user_id = %(stamp)s
                           AND card.date_from
                               = date_trunc('month', move.invoice_date)::date
                           AND (card.state = 'draft' OR card.pay_detail IS NOT NULL))
            )
            SELECT move.id, %(stamp)s AS manager_id, move.kam_client_id,
                   move.move_type, move.invoice_date, move.amount_untaxed_signed,
                   move.name
              FROM account_move move
             WHERE %(where)s AND move.id NOT IN (SELECT id FROM late)
         UNION ALL
            SELECT id, manager_id, kam_client_id, move_type, of_date,
                   amount_untaxed_signed, name
              FROM late
             WHERE of_date BETWEEN %(first)s AND %(until)s
               AND invoice_date <= %(as_of)s
          ORDER BY 5, 1
            """,
            stamp=facts._stamp(),
            branches=branches,
            first=first,
            days=company.sudo().kam_pay_credit_days,
            company=company.id,
            where=facts._sale_conditions(branches, first, until),
            until=until,
            as_of=as_of,
        )

    def _get_buyers(self, rows):
        """Return (client id, manager id) of the active clients of the documents.

        As in the facts of plans: an invoice, a net turnover of at least the minimum
        of the tier, for the manager of the last invoice.
        """
        turnover, owner = {}, {}
        for _id, user_id, client_id, move_type, _date, amount, _name in rows:
            turnover[client_id] = turnover.get(client_id, 0) + float(amount)
            if move_type == "out_invoice":
                owner[client_id] = user_id
        clients = self.env["kam.client"].sudo().browse(owner)
        clients.fetch(["tier_id"])
        return [
            (client.id, owner[client.id])
            for client in clients.sorted("id")
            if round(turnover[client.id], 2)
            >= (client.tier_id.plan_min_turnover if client.tier_id else 1)
        ]

    def _get_new(self, branches, first, client_ids):
        """Return the ids of those clients who bought for the first time in a month."""
        facts = self.env["kam.plan.facts"].sudo()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT bought.client_id
                  FROM (
                    SELECT move.kam_client_id AS client_id, %(first)s::date AS month,
                           MIN(move.invoice_date) AS first_day
                      FROM account_move move
                     WHERE move.kam_client_id IN %(clients)s
                       AND move.move_type = 'out_invoice' AND %(where)s
                  GROUP BY move.kam_client_id
                  ) bought
                 WHERE %(is_new)s
                """,
                first=first,
                clients=tuple(client_ids) or (0,),
                where=facts._sale_conditions(
                    branches, first, fields.Date.end_of(first, "month")
                ),
                is_new=facts._is_new(branches),
            )
        )
        return {client_id for (client_id,) in rows}

    # Corrections

    def _correct(self, cards, as_of):
        """Make the corrections anew that count on these open cards."""
        sources = self._get_sources(cards)
        targets = self._get_targets(cards, sources)
        stale = cards.correction_ids | sources.filtered(
            targets.get
        ).corrected_by_ids.filtered(lambda row: row.scorecard_id.state == "draft")
        elsewhere = stale.scorecard_id - cards
        stale.unlink()
        for card in elsewhere:
            card._write_pay()
        vals_list = []
        for source, now in self._get_now(sources.filtered(targets.get), as_of):
            vals_list += self._prepare_corrections(source, targets[source], now)
        self.env["kam.scorecard.correction"].create(vals_list)

    def _get_now(self, sources, as_of):
        """Yield each closed card with its documents as they are today."""
        nothing = {"documents": {}, "active": [], "new": []}
        for first, group in sources.grouped("date_from").items():
            last = group[:1].date_to
            sales = self._get_sales(group.company_id, first, last, as_of)
            for source in group:
                yield source, sales.get(source.user_id.id, nothing)

    def _get_sources(self, cards):
        """Return the closed cards that may be corrected on these cards."""
        first = cards[:1].date_from
        return cards.search(
            [
                ("company_id", "=", cards.company_id.id),
                ("user_id", "in", cards.user_id.ids),
                ("state", "!=", "draft"),
                ("pay_detail", "!=", False),
                ("date_from", "<", first),
                ("date_from", ">=", first - relativedelta(months=MONTHS_BACK)),
            ],
            order="date_from, id",
        )

    def _get_targets(self, cards, sources):
        """Return dict closed card -> the next open card, if it is one of these."""
        opened = cards.search(
            [
                ("company_id", "=", cards.company_id.id),
                ("user_id", "in", cards.user_id.ids),
                ("state", "=", "draft"),
            ],
            order="date_from",
        ).grouped("user_id")
        found = {}
        for source in sources:
            later = opened.get(source.user_id, cards.browse()).filtered(
                lambda card, source=source: card.date_from > source.date_from
            )
            if later[:1] in cards:
                found[source] = later[:1]
        return found

    def _prepare_corrections(self, source, target, now):
        """Return the values of what a closed card brings to an open one."""
        common = {"scorecard_id": target.id, "source_id": source.id}
        kept = source.corrected_by_ids.filtered(
            lambda row: row.scorecard_id.state != "draft"
        )
        vals_list = []
        if source.pay_left < 0 and "carried" not in kept.mapped("kind"):
            amount = source.pay_left
            vals_list.append({**common, "kind": "carried", "amount": amount})
        late = kept.filtered(lambda row: row.kind == "late")
        late = late.sorted(lambda row: row.scorecard_id.date_from)
        known = late[-1:].detail or source.pay_detail
        if documents := self._compare(known["documents"], now["documents"]):
            inputs = self._amend(known, now, documents)
            paid = source.pay_earned + sum(late.mapped("amount"))
            points = self._get_total(source, inputs) - source.total
            vals_list.append(
                {
                    **common,
                    "kind": "late",
                    "amount": pay.get_pay(inputs) - paid,
                    "points": points - sum(late.mapped("points")),
                    "documents": documents,
                    "detail": inputs,
                }
            )
        return vals_list

    def _get_total(self, card, inputs):
        """Return the total that a closed card would have with corrected facts."""
        kept, parts = card.pay_detail["parts"], inputs["parts"]
        more = {m: parts[m]["fact"] - kept[m]["fact"] for m in pay.METRICS}
        changes = {}
        for line in card.line_ids.filtered("detail"):
            if line.code == "growth":
                amount = round(line.detail["amount"] + more["turnover"], 2)
                changes["growth"] = {"amount": amount}
            elif line.code == "plan":
                changes["plan"] = {
                    "parts": [
                        {**part, "fact": part["fact"] + more.get(part["metric"], 0)}
                        for part in line.detail["parts"]
                    ]
                }
        return card._simulate(changes) or 0

    @staticmethod
    def _compare(before, after):
        """Return the documents that are new, changed or gone."""
        nothing = [0.0, False, ""]
        return [
            {
                "id": int(key),
                "name": (after.get(key) or before[key])[2],
                "client_id": (after.get(key) or before[key])[1],
                "before": before.get(key, nothing)[0],
                "after": after.get(key, nothing)[0],
            }
            for key in sorted({*before, *after}, key=int)
            if round(before.get(key, nothing)[0] - after.get(key, nothing)[0], 2)
        ]

    def _amend(self, known, now, documents):
        """Return the known inputs with the facts that changed documents bring.

        Only the clients of those documents are judged anew, so that nothing but a
        document ever corrects a closed month.
        """
        touched = {doc["client_id"] for doc in documents}
        amended = {**known, "documents": now["documents"]}
        more = {
            "turnover": sum(doc["after"] - doc["before"] for doc in documents),
        }
        for name, metric in (("active", "active_clients"), ("new", "new_clients")):
            before, after = set(known[name]), set(now[name])
            amended[name] = sorted((before - touched) | (after & touched))
            more[metric] = len(amended[name]) - len(before)
        return pay.add(amended, more)
