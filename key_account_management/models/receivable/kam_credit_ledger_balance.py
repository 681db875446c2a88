from odoo import api, models
from odoo.tools import SQL

from ..credit.kam_credit_ledger import DEBTS
from ..credit.open_items import COMPANIES


class KamCreditLedger(models.AbstractModel):
    """Balances and aging at the close of a day.

    What is open and what the ledger says differ by matchings with items of others
    only, of other clients and of partners that are in none; these are summed up on
    their own.
    """

    _inherit = "kam.credit.ledger"

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
