from odoo import api, models
from odoo.tools import SQL

from .netting import net


class KamCollectionClaim(models.AbstractModel):
    """What a company may claim of its clients: the open items that may be dunned.

    A claim is a dict: ``line_id``, ``move_id``, ``name`` of the document,
    ``client_id``, ``partner_id`` (legal entity), ``tier_id``, ``case_id`` (open; None
    without), ``due``, ``days`` past due, ``currency_id`` of the document, in it
    ``amount`` to claim and ``disputed`` (left out of it), ``debt``: the amount in
    company currency. Unallocated credits of the legal entity are taken off
    (``credits``, see :func:`net`); an item that they cover ``is_covered``, and claims
    nothing. Items under an open promise or in a paused case are no claims.
    The queries read every document, whatever the user may see.
    """

    _name = "kam.collection.claim"
    _description = "Claims of Collection"

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
        """SQL of the claims: an open item each, less the share that is disputed.

        The share is of the company currency, in which disputes are, and taken off the
        amount in that of the document too. A case that is paused hides its items; one
        that is not opened yet leaves them, for the levels before the due date.

        :param items: SQL of :meth:`_item_query`
        """
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
