from odoo import api, models
from odoo.tools import SQL

from ..credit.kam_credit_ledger import DEBTS
from ..credit.open_items import COMPANIES
from .penalty import get_penalty


class KamCreditLedger(models.AbstractModel):
    """Disputes, penalties, aging and balances, at the close of a day.

    What is open and what the ledger says differ by matchings with items of others
    only, of other clients and of partners that are in none; these are summed up on
    their own.
    """

    _inherit = "kam.credit.ledger"

    @api.model
    def _get_disputed_query(self, date):
        """Return SQL of (line_id, amount) of disputes that count on ``date``.

        Only accepted ones, from the day of the decision on.
        """
        return self._get_dispute_shares(
            SQL("state = 'accepted' AND date_decided <= %s", date)
        )

    @api.model
    def _get_dispute_shares(self, condition):
        """Return SQL of (line_id, amount) of the disputes that fulfil a condition.

        The amount, in company currency, goes to what is open of the document, by the
        due dates of its instalments, and the rest to what was paid of it: nobody
        disputes what he has paid while he owes more.
        """
        self.env["kam.dispute"].flush_model()
        return SQL(
            """
            SELECT line_id, GREATEST(0, LEAST(residual, disputed - open_before))
                   + GREATEST(0, LEAST(balance - residual,
                                       disputed - open_total - paid_before)) AS amount
              FROM (
                SELECT line.id AS line_id, line.balance,
                       line.amount_residual AS residual, dispute.amount AS disputed,
                       SUM(line.amount_residual) OVER earlier - line.amount_residual
                            AS open_before,
                       SUM(line.balance - line.amount_residual) OVER earlier
                            - (line.balance - line.amount_residual) AS paid_before,
                       SUM(line.amount_residual) OVER (PARTITION BY line.move_id)
                            AS open_total
                  FROM (SELECT move_id, SUM(amount) AS amount
                          FROM kam_dispute
                         WHERE %(condition)s
                      GROUP BY move_id) dispute
                  JOIN account_move_line line ON line.move_id = dispute.move_id
                   AND line.balance > 0
                   AND line.account_id = ANY(ARRAY(
                            SELECT id FROM account_account
                             WHERE account_type = 'asset_receivable'))
                WINDOW earlier AS (
                    PARTITION BY line.move_id
                    ORDER BY COALESCE(line.date_maturity, line.date), line.id)
              ) item
             WHERE disputed > open_before OR disputed > open_total + paid_before
            """,
            condition=condition,
        )

    @api.model
    def _get_disputed_overdue(self, key, grace_days):
        """Return what is disputed of the overdue debt of a key beyond the grace."""
        self._flush_items()
        today = self._today()
        [(amount,)] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(SUM(LEAST(item.residual, disputed.amount)), 0)
                  FROM (%(items)s) item
                  JOIN (%(disputed)s) disputed ON disputed.line_id = item.line_id
                 WHERE item.root_id = %(root)s AND item.residual > 0
                   AND item.days > %(grace)s
                """,
                items=self._receivable_items([key], today),
                disputed=self._get_disputed_query(today),
                root=key[1],
                grace=grace_days,
            )
        )
        return float(amount)

    @api.model
    def _get_penalties(self, company, day, claims, terms):
        """Return the penalty per item id of claims, by the close of a day.

        In the currency of the document. Money that is not matched yet counts from its
        own day on.

        :param claims: of the ladder
        :param terms: dict client -> (percent per day, most in percent of the item)
        """
        self._flush_items()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, line.amount_currency,
                       ARRAY_REMOVE(ARRAY_AGG(money.date ORDER BY part.id), NULL),
                       ARRAY_REMOVE(ARRAY_AGG(
                            part.debit_amount_currency ORDER BY part.id), NULL)
                  FROM account_move_line line
             LEFT JOIN account_partial_reconcile part ON part.debit_move_id = line.id
             LEFT JOIN account_move_line money ON money.id = part.credit_move_id
                 WHERE line.id = ANY(%s)
              GROUP BY line.id
                """,
                [claim["line_id"] for claim in claims],
            )
        )
        items = {line_id: figures for line_id, *figures in rows}
        penalties = {}
        for claim in claims:
            amount, dates, parts = items[claim["line_id"]]
            payments = zip(dates, map(float, parts), strict=True)
            client = self.env["kam.client"].browse(claim["client_id"])
            currency = self.env["res.currency"].browse(claim["currency_id"])
            penalties[claim["line_id"]] = currency.round(
                get_penalty(
                    float(amount) - claim["disputed"],
                    claim["due"],
                    [*payments, *claim["credits"]],
                    day,
                    *terms[client],
                )
            )
        return penalties

    @api.model
    def _get_agings(self, keys, day):
        """Return what was open at the close of a day.

        :param keys: iterable of (client id, root company id)
        :return: dict key -> dict with the names of :data:`DEBTS`
        """
        keys = set(keys)
        result = {key: dict.fromkeys(DEBTS, 0.0) for key in keys}
        if not keys:
            return result
        self._flush_items()
        rows = self.env.execute_query(
            SQL(
                "SELECT client_id, root_id, %s FROM (%s) item "
                "GROUP BY client_id, root_id",
                self._receivable_sums(0, DEBTS),
                self._receivable_items(keys, day),
            )
        )
        for client_id, root_id, *figures in rows:
            if (client_id, root_id) in result:
                values = dict(zip(DEBTS, map(float, figures), strict=True))
                result[client_id, root_id] = values
        return result

    @api.model
    def _get_balances(self, keys, day):
        """Return balance and matchings with others at the close of a day, per key.

        :param keys: iterable of (client id, root company id)
        :return: dict key -> (balance of the ledger, of it what is matched with items
            that are not of the key: balance = what is open + this)
        """
        keys = set(keys)
        result = dict.fromkeys(keys, (0.0, 0.0))
        if keys:
            query = self._balance_query(keys, day, SQL("partner.kam_client_id"))
            for client_id, root_id, balance, across in self._query_past(query):
                if (client_id, root_id) in result:
                    result[client_id, root_id] = float(balance), float(across)
        return result

    @api.model
    def _get_pooled_balance(self, client_ids, company, day):
        """Return the same of several clients together, as one set.

        :param company: root company
        :return: (balance, what is matched with items of others)
        """
        keys = [(client_id, company.id) for client_id in client_ids]
        if keys:
            for row in self._query_past(self._balance_query(keys, day, SQL("0"))):
                if row[1] == company.id:
                    return float(row[2]), float(row[3])
        return 0.0, 0.0

    def _query_past(self, query):
        self._flush_items()
        return self.env.execute_query(query)

    def _balance_query(self, keys, day, owner):
        """SQL of owner, company, balance and matchings across, per owner.

        :param owner: SQL of whose items are one set
        """
        return SQL(
            """
            WITH item AS MATERIALIZED (
                SELECT line.id, line.balance, company.root_id, %(owner)s AS owner_id
                  FROM account_move_line line
                  JOIN res_partner partner ON partner.id = line.partner_id
                  JOIN (%(companies)s) company ON company.id = line.company_id
                 WHERE %(where)s
            ),
            across AS (
                %(debits)s UNION ALL %(credits)s
            )
            SELECT owner_id, root_id, SUM(balance), SUM(amount)
              FROM (SELECT owner_id, root_id, balance, 0 AS amount FROM item
                    UNION ALL
                    SELECT owner_id, root_id, 0, amount FROM across) figure
          GROUP BY owner_id, root_id
            """,
            owner=owner,
            companies=COMPANIES,
            where=self._item_conditions(keys, day),
            debits=self._across("debit", "credit", SQL("part.amount"), day),
            credits=self._across("credit", "debit", SQL("-part.amount"), day),
        )

    def _across(self, own, other, amount, day):
        """SQL of the parts of the items whose other side is not of their set."""
        return SQL(
            """
            SELECT item.owner_id, item.root_id, %(amount)s AS amount
              FROM item
              JOIN account_partial_reconcile part ON part.%(own)s_move_id = item.id
             WHERE part.max_date <= %(day)s::date
               AND NOT EXISTS (
                    SELECT FROM item other
                     WHERE other.id = part.%(other)s_move_id
                       AND other.owner_id = item.owner_id
                       AND other.root_id = item.root_id)
            """,
            amount=amount,
            own=SQL(own),
            other=SQL(other),
            day=day,
        )
