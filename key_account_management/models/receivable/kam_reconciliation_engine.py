from odoo import api, fields, models
from odoo.tools import SQL

from ..credit.open_items import ROOT


class KamReconciliationEngine(models.AbstractModel):
    """What the ledger says about reconciliation statements, for many at once.

    The queries read every document of a legal entity, whatever the user may see; who
    calls them has checked that the statements are his to read. Amounts in the currency
    of the statement.
    """

    _name = "kam.reconciliation.engine"
    _description = "Ledger of Reconciliation Statements"

    @api.model
    def _fill(self, statements):
        """Write the figures and documents of drafts, all at once."""
        figures = self._get_figures(statements)
        previous = self._get_previous(statements)
        for statement in statements:
            opening, debit, credit, earlier, fingerprint = figures[statement.id]
            last = previous.get(statement.id)
            statement.write(
                {
                    "opening_balance": opening,
                    "debit": debit,
                    "credit": credit,
                    "earlier_change": earlier - last.closing_balance if last else 0.0,
                    "fingerprint": fingerprint,
                    "date_computed": fields.Datetime.now(),
                }
            )
        self._write_lines(statements)

    @api.model
    def _get_previous(self, statements):
        """Return the last sent statement before each period: {id: statement}.

        Of the same legal entity, whatever client it belonged to, or of the same client
        as a whole; of the same company and currency. One query for all.
        """
        if not statements:
            return {}
        candidates = statements.sudo().search(
            [
                ("state", "!=", "draft"),
                "|",
                ("partner_id", "in", statements.partner_id.ids),
                ("client_id", "in", statements.client_id.ids),
                ("company_id", "in", statements.company_id.ids),
                ("date_to", "<", max(statements.mapped("date_from"))),
            ],
            order="date_to desc, date_sent desc, id desc",
        )
        by_terms = candidates.grouped(lambda statement: self._get_parties(statement))
        result = {}
        for statement in statements:
            own = by_terms.get(self._get_parties(statement), statements.browse())
            earlier = own.filtered(lambda s, day=statement.date_from: s.date_to < day)
            if earlier:
                result[statement.id] = earlier[0]
        return result

    def _get_parties(self, statement):
        """Return what a statement and the one before it have in common."""
        return (
            not statement.partner_id and statement.client_id.id,
            statement.partner_id.id,
            statement.company_id.id,
            statement.currency_id.id,
        )

    @api.model
    def _filter_outdated(self, statements):
        """Return the statements whose ledger differs from their figures."""
        records = statements._origin
        figures = self._get_figures(records)
        return records.filtered(
            lambda statement: (
                figures[statement.id][-1] != statement.fingerprint
                or not statement.currency_id.is_zero(
                    figures[statement.id][0] - statement.opening_balance
                )
            )
        )

    @api.model
    def _get_figures(self, statements):
        """Return the figures of the ledger per statement, in one query.

        :return: {id: (opening, debit, credit, balance at the end of the previous
            statement, fingerprint of the rows)}, amounts in the statement's currency
        """
        if not statements:
            return {}
        self._flush_ledger(statements)
        rows = self.env.execute_query(
            SQL(
                """
                WITH %(asked)s
                SELECT asked.id, COALESCE(SUM(amount) FILTER (WHERE before), 0),
                       COALESCE(SUM(amount) FILTER (WHERE within AND amount > 0), 0),
                       COALESCE(-SUM(amount) FILTER (WHERE within AND amount < 0), 0),
                       COALESCE(SUM(amount) FILTER (
                            WHERE item.date <= asked.date_previous), 0),
                       md5(string_agg(
                            concat_ws(':', item.move_id, item.date, item.amount), ','
                            ORDER BY item.move_id, item.date, item.amount)
                            FILTER (WHERE within))
                  FROM asked LEFT JOIN (%(items)s) item ON item.asked_id = asked.id
                 GROUP BY asked.id
                """,
                asked=self._asked_statements(statements),
                items=self._ledger_items(),
            )
        )
        return {row[0]: (*map(float, row[1:5]), row[5] or "none") for row in rows}

    @api.model
    def _flush_ledger(self, statements):
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model(["name", "move_type", "journal_id"])
        self.env["res.partner"].flush_model(["kam_client_id", "commercial_partner_id"])
        statements.flush_recordset()

    @api.model
    def _asked_statements(self, statements):
        """SQL of common tables: the statements, and the partners of each.

        A statement is of a legal entity with its contacts, or of a whole client. Its
        currency is none where it is that of the company: then balances are read, not
        amounts in currency. Kept as tables, as several queries join them.
        """
        previous = self._get_previous(statements)
        rows = SQL(", ").join(
            SQL(
                "(%s::int, %s::date)",
                statement.id,
                previous[statement.id].date_to if statement.id in previous else None,
            )
            for statement in statements
        )
        return SQL(
            """
            asked AS MATERIALIZED (
                SELECT statement.id, statement.partner_id, statement.client_id,
                       statement.company_id, statement.date_from, statement.date_to,
                       NULLIF(statement.currency_id, company.currency_id)
                            AS currency_id,
                       previous.date_previous
                  FROM (VALUES %(rows)s) previous (id, date_previous)
                  JOIN kam_reconciliation statement ON statement.id = previous.id
                  JOIN res_company company ON company.id = statement.company_id
            ),
            party AS MATERIALIZED (
                SELECT asked.id, partner.id AS partner_id
                  FROM asked JOIN res_partner partner
                    ON partner.commercial_partner_id = asked.partner_id
                UNION ALL
                SELECT asked.id, partner.id
                  FROM asked JOIN res_partner partner
                    ON partner.kam_client_id = asked.client_id
                 WHERE asked.partner_id IS NULL
            )
            """,
            rows=rows,
        )

    @api.model
    def _ledger_items(self):
        """SQL of the receivable items of the asked statements, up to their end.

        A row is an item. The accounts come as an array, so that the planner enters the
        ledger by its partners and not by the account, on which most items lie.
        """
        return SQL(
            """
            SELECT asked.id AS asked_id, line.move_id, line.date, amount.amount,
                   line.company_id, line.date < asked.date_from AS before,
                   line.date >= asked.date_from AS within
              FROM asked
              JOIN party ON party.id = asked.id
              JOIN account_move_line line ON line.partner_id = party.partner_id
              JOIN res_company company ON company.id = line.company_id
             CROSS JOIN LATERAL (
                SELECT CASE WHEN asked.currency_id IS NULL THEN line.balance
                            ELSE line.amount_currency END AS amount
              ) amount
             WHERE line.account_id = ANY(ARRAY(
                        SELECT id FROM account_account
                         WHERE account_type = 'asset_receivable'))
               AND line.parent_state = 'posted'
               AND line.date <= asked.date_to
               AND %(root)s = asked.company_id
               AND (asked.currency_id IS NULL OR line.currency_id = asked.currency_id)
               AND amount.amount != 0
            """,
            root=ROOT,
        )

    @api.model
    def _write_lines(self, statements):
        """Replace the lines, one per journal entry, in two statements of SQL.

        A statement may have thousands of documents, and nothing is computed of them.
        """
        lines = self.env["kam.reconciliation.line"]
        self._flush_ledger(statements)
        lines.flush_model()
        self.env.cr.execute(
            SQL(
                "DELETE FROM kam_reconciliation_line WHERE reconciliation_id IN %s",
                tuple(statements.ids) or (0,),
            )
        )
        if statements:
            self.env.cr.execute(self._insertion(statements))
        lines.invalidate_model()
        statements.invalidate_recordset(["line_ids"])

    @api.model
    def _insertion(self, statements):
        """SQL that makes a line of every journal entry of the period.

        A line is an entry: its items are summed by their sign, so that an entry with
        debit and credit of one party keeps both columns. An exchange difference is
        known by its journal, whatever the type of the entry.
        """
        return SQL(
            """
            WITH %(asked)s
            INSERT INTO kam_reconciliation_line (
                reconciliation_id, move_id, date, name, kind, debit, credit,
                create_uid, create_date, write_uid, write_date)
            SELECT item.asked_id, move.id, item.date, move.name,
                   CASE WHEN move.journal_id = company.currency_exchange_journal_id
                             THEN 'exchange'
                        WHEN move.move_type = 'out_invoice' THEN 'invoice'
                        WHEN move.move_type = 'out_refund' THEN 'refund'
                        WHEN journal.type IN ('bank', 'cash', 'credit') THEN 'payment'
                        ELSE 'entry' END,
                   SUM(GREATEST(item.amount, 0)), SUM(GREATEST(-item.amount, 0)),
                   %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
              FROM (%(items)s) item
              JOIN account_move move ON move.id = item.move_id
              JOIN account_journal journal ON journal.id = move.journal_id
              JOIN asked ON asked.id = item.asked_id
              JOIN res_company company ON company.id = asked.company_id
             WHERE item.within
             GROUP BY item.asked_id, move.id, item.date, journal.id, company.id
             ORDER BY item.asked_id, item.date, move.id
            """,
            asked=self._asked_statements(statements),
            items=self._ledger_items(),
            uid=self.env.uid,
        )
