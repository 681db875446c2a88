from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..credit.open_items import ROOT


class KamReconciliation(models.Model):
    _inherit = "kam.reconciliation"

    def action_compute(self):
        """Read the figures and documents of drafts from the ledger, all at once.

        The queries read every document of the legal entity, whatever the user may
        see; they let out the statements of clients that he may read.

        :raise UserError: for statements that were sent
        """
        self.check_access("write")
        self._check_draft()
        if any(
            not statement.sudo(False).client_id.has_access("read") for statement in self
        ):
            raise AccessError(self.env._("This key client is not yours."))
        statements = self.sudo()
        figures = statements._get_ledger_figures()
        previous = statements._get_previous()
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
        statements._write_lines()
        return True

    def _get_previous(self):
        """Return the last sent statement before each period: {id: statement}.

        Of the same legal entity, whatever client it belonged to, or of the same client
        as a whole; of the same company and currency. One query for all.
        """
        if not self:
            return {}
        candidates = self.sudo().search(
            [
                ("state", "!=", "draft"),
                "|",
                ("partner_id", "in", self.partner_id.ids),
                ("client_id", "in", self.client_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("date_to", "<", max(self.mapped("date_from"))),
            ],
            order="date_to desc, date_sent desc, id desc",
        )
        by_terms = candidates.grouped(lambda statement: statement._get_parties())
        result = {}
        for statement in self:
            own = by_terms.get(statement._get_parties(), self.browse())
            earlier = own.filtered(lambda s, day=statement.date_from: s.date_to < day)
            if earlier:
                result[statement.id] = earlier[0]
        return result

    def _get_parties(self):
        self.ensure_one()
        return (
            not self.partner_id and self.client_id.id,
            self.partner_id.id,
            self.company_id.id,
            self.currency_id.id,
        )

    def _filter_outdated(self):
        """Return the statements whose ledger differs from their figures."""
        records = self._origin
        figures = records._get_ledger_figures()
        return records.filtered(
            lambda statement: (
                figures[statement.id][-1] != statement.fingerprint
                or not statement.currency_id.is_zero(
                    figures[statement.id][0] - statement.opening_balance
                )
            )
        )

    def _get_ledger_figures(self):
        """Return the figures of the ledger per statement, in one query.

        :return: {id: (opening, debit, credit, balance at the end of the previous
            statement, fingerprint of the rows)}, amounts in the statement's currency
        """
        if not self:
            return {}
        self._flush_ledger()
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
                asked=self._asked_statements(),
                items=self._ledger_items(),
            )
        )
        return {row[0]: (*map(float, row[1:5]), row[5] or "none") for row in rows}

    def _flush_ledger(self):
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model(["name", "move_type", "journal_id"])
        self.env["res.partner"].flush_model(["kam_client_id", "commercial_partner_id"])
        self.flush_recordset()

    def _asked_statements(self):
        """SQL of common tables: the statements, and the partners of each."""
        previous = self._get_previous()
        rows = SQL(", ").join(
            SQL(
                "(%s::int, %s::date)",
                statement.id,
                previous[statement.id].date_to if statement.id in previous else None,
            )
            for statement in self
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
        """SQL of the receivable items of the asked statements, up to their end."""
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

    def _write_lines(self):
        """Replace the lines, one per journal entry, in two statements of SQL.

        A statement may have thousands of documents, and nothing is computed of them.
        """
        lines = self.env["kam.reconciliation.line"]
        self._flush_ledger()
        lines.flush_model()
        self.env.cr.execute(
            SQL(
                "DELETE FROM kam_reconciliation_line WHERE reconciliation_id IN %s",
                tuple(self.ids) or (0,),
            )
        )
        if self:
            self.env.cr.execute(self._insertion())
        lines.invalidate_model()
        self.invalidate_recordset(["line_ids"])

    def _insertion(self):
        """SQL that makes a line of every journal entry of the period."""
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
            asked=self._asked_statements(),
            items=self._ledger_items(),
            uid=self.env.uid,
        )
