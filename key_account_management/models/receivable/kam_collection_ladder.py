from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .ladder import Level, choose, is_reached
from .netting import net


class KamCollectionLadder(models.AbstractModel):
    """Which levels of dunning the open items of a company take on a day.

    A claim is an item that may be dunned, as a dict: ``line_id``, ``move_id``,
    ``name`` of the document, ``client_id``, ``partner_id`` (legal entity), ``tier_id``,
    ``case_id`` (open; None without), ``due``, ``days`` past due, ``currency_id`` of the
    document, in it ``amount`` to claim and ``disputed`` (left out of it), ``debt``: the
    amount in company currency. Unallocated credits of the legal entity are taken off
    (``credits``, see :func:`net`); an item that they cover ``is_covered``, and claims
    nothing. Items under an open promise or in a paused case are no claims.
    The queries read every document, whatever the user may see.
    """

    _name = "kam.collection.ladder"
    _description = "Dunning Ladder"

    @api.model
    def _get_claims(self, company, day, clients=None, first=1):
        """Return the claims of a root company by the close of a day.

        :param clients: ids of clients; default all
        :param first: from how many days past due on; negative: before they are due
        """
        self.env["kam.credit.ledger"]._flush_items()
        for model in ("kam.collection", "kam.promise"):
            self.env[model].flush_model()
        self.env["kam.client"].flush_model(["tier_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        keys = SQL("(SELECT id FROM kam_client)")
        if clients is not None:
            keys = [(client_id, company.id) for client_id in [*clients, 0]]
        items = self._item_query(company, day, keys)
        claims = self._read_figures(
            SQL(
                "SELECT * FROM (%s) claim WHERE amount > 0 "
                "ORDER BY client_id, due, name, line_id",
                self._claim_query(items, min(first, 1)),
            )
        )
        net(claims, self._read_figures(self._credit_query(items)) if claims else [])
        for claim in claims:
            currency = self.env["res.currency"].browse(claim["currency_id"])
            claim["amount"] = currency.round(claim["amount"])
            claim["debt"] = company.sudo().currency_id.round(claim["debt"])
            claim["is_covered"] = currency.is_zero(claim["amount"])
        return claims

    def _read_figures(self, query):
        """Return rows as dicts, their money as floats."""
        money = ("amount", "debt", "disputed")
        return [
            {name: float(v) if name in money else v for name, v in row.items()}
            for row in self.env.execute_query_dict(query)
        ]

    def _item_query(self, company, day, keys):
        """SQL of open items with their legal entity, and ``amount`` in their currency.

        The query of the ledger, so that a letter claims what the debtor's card shows.
        """
        return SQL(
            """
            SELECT item.line_id, item.move_id, item.client_id, item.root_id, item.date,
                   item.due, item.days, item.currency_id, item.residual,
                   item.residual_currency AS amount,
                   partner.commercial_partner_id AS partner_id
              FROM (%(items)s) item
              JOIN res_partner partner ON partner.id = item.partner_id
             WHERE item.root_id = %(root)s
            """,
            items=self.env["kam.credit.ledger"]._receivable_items(keys, day),
            root=company.id,
        )

    def _claim_query(self, items, first):
        ledger = self.env["kam.credit.ledger"]
        return SQL(
            """
            SELECT item.line_id, item.move_id, move.name, item.client_id,
                   item.partner_id, client.tier_id, collection.id AS case_id,
                   item.days, item.due, item.currency_id,
                   item.amount * (1 - share.disputed) AS amount,
                   item.residual * (1 - share.disputed) AS debt,
                   item.amount * share.disputed AS disputed
              FROM (%(items)s) item
              JOIN account_move move ON move.id = item.move_id
              JOIN kam_client client ON client.id = item.client_id
         LEFT JOIN kam_collection collection ON collection.client_id = client.id
               AND collection.company_id = item.root_id
               AND collection.state != 'closed'
         LEFT JOIN (%(disputes)s) dispute ON dispute.line_id = item.line_id
             CROSS JOIN LATERAL (
                SELECT LEAST(item.residual, COALESCE(dispute.amount, 0))
                       / item.residual AS disputed
              ) share
             WHERE item.residual > 0 AND item.amount > 0 AND item.days >= %(first)s
               AND (collection.id IS NULL OR collection.state = 'open')
               AND NOT EXISTS (%(promises)s)
            """,
            items=items,
            disputes=ledger._get_dispute_shares(SQL("state != 'rejected'")),
            first=first,
            promises=self._promise_query(),
        )

    def _credit_query(self, items):
        """SQL of the credits that nothing is matched with, above zero, oldest first."""
        return SQL(
            """
            SELECT item.partner_id, item.move_id, item.currency_id,
                   item.date, -item.amount AS amount, -item.residual AS debt
              FROM (%s) item
             WHERE item.residual < 0 AND item.amount < 0
          ORDER BY item.date, item.line_id
            """,
            items,
        )

    def _promise_query(self):
        """SQL of the open promises about an item: of its document or of any."""
        return SQL(
            """
            SELECT FROM kam_promise promise
         LEFT JOIN account_move_kam_promise_rel document
                ON document.kam_promise_id = promise.id
             WHERE promise.client_id = item.client_id
               AND promise.company_id = item.root_id
               AND promise.direction = 'theirs' AND promise.state = 'open'
               AND COALESCE(document.account_move_id, item.move_id) = item.move_id
            """
        )

    @api.model
    def _get_settings(self, company):
        """Return how the company climbs: its start and the level of entry."""
        company = company.sudo()
        return {
            "start": company.kam_ladder_start,
            "entry": company.kam_ladder_stage_id,
        }

    @api.model
    def _plan(self, company, day, settings, clients=None):
        """Return what the ladder does on a working day, nothing on a day off.

        :param company: root company
        :param settings: as of :meth:`_get_settings`
        :param clients: ids of clients; default all
        :return: list of (claim, stage, whether it is carried out, else skipped)
        """
        stages = self.env["kam.collection.stage"].sudo().search(Domain.TRUE)
        if not stages or company._get_working_day(day) != day:
            return []
        days_off = (company._get_working_day(day + timedelta(days=1)) - day).days - 1
        first = stages[0].days - days_off
        claims = self._get_claims(company, day, clients, first)
        open_claims = [claim for claim in claims if not claim["is_covered"]]
        self._set_clock(open_claims, day, settings)
        taken = self._get_taken(open_claims)
        applicable = self._get_applicable(company, stages, open_claims, days_off)
        by_id = {stage.id: stage for stage in stages}
        latest = day - timedelta(days=company.sudo().kam_demand_days)
        plan = []
        for claim in open_claims:
            done, letter_date = taken[claim["line_id"]]
            is_demand_due = bool(letter_date) and letter_date <= latest
            choice = choose(
                applicable(claim), claim["clock"], done, is_demand_due, days_off
            )
            plan += [(claim, by_id[x.id], False) for x in choice.skipped]
            plan += [(claim, by_id[x.id], True) for x in choice.carried_out]
        return plan

    def _set_clock(self, claims, day, settings):
        """Set the days of each claim on the ladder: old items begin at their entry."""
        entry = settings["entry"]
        for claim in claims:
            claim["clock"] = claim["days"]
            if entry.days > 0:
                since = (day - settings["start"]).days
                claim["clock"] = min(claim["days"], since + entry.days)

    def _get_taken(self, claims):
        """Return per item its levels with their outcome, and the day of a letter."""
        self.env["kam.collection.step"].flush_model()
        self.env["kam.collection.letter"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT step.item_id, step.stage_id, step.outcome,
                       CASE WHEN stage.action = 'letter' AND stage.days > 0
                             AND step.outcome = 'sent' THEN letter.date_sent END
                  FROM kam_collection_step step
                  JOIN kam_collection_stage stage ON stage.id = step.stage_id
             LEFT JOIN kam_collection_letter letter ON letter.id = step.letter_id
                 WHERE step.item_id = ANY(%s)
                """,
                [claim["line_id"] for claim in claims],
            )
        )
        taken = defaultdict(lambda: ({}, None))
        for item_id, stage_id, outcome, sent in rows:
            done, last = taken[item_id]
            done[stage_id] = outcome
            taken[item_id] = (done, max(filter(None, (last, sent)), default=None))
        return taken

    def _get_applicable(self, company, stages, claims, days_off):
        """Return the function that gives the levels of a claim, lowest first.

        Those of overdue debt need a case; one waits until the debt of the client that
        has reached it comes to its minimum.
        """
        levels = {s: Level(s.id, s.days, s.action) for s in stages}
        reached = defaultdict(float)
        for claim in claims:
            for stage, level in levels.items():
                if is_reached(level, claim["clock"], days_off):
                    reached[claim["client_id"], stage.id] += claim["debt"]

        def is_enough(client_id, stage):
            debt = reached[client_id, stage.id]
            return company.currency_id.compare_amounts(debt, stage.min_amount) >= 0

        def get_levels(claim):
            return [
                level
                for stage, level in levels.items()
                if (claim["case_id"] or level.days < 0)
                and claim["tier_id"] not in stage.excluded_tier_ids.ids
                and is_enough(claim["client_id"], stage)
            ]

        return get_levels
