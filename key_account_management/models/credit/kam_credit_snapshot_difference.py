from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .open_items import Days, get_items

_COVERED = SQL(
    "(SELECT id::int FROM jsonb_array_elements_text(snapshot.covered) covered (id))"
)


class KamCreditSnapshot(models.Model):
    """What the ledger says today about the day of a snapshot, and since when.

    Of the legal entities that the snapshot covered, whoever they belong to now.
    Reads every document, whatever the user may see; shows no more than number, date
    and amount to those who may read the snapshot.
    """

    _inherit = "kam.credit.snapshot"

    ledger_receivable = fields.Monetary(
        compute="_compute_difference",
        string="Receivables of the Ledger",
        help="What the ledger says today about the close of that day.",
    )
    difference = fields.Monetary(
        compute="_compute_difference",
        help="Ledger of today less snapshot: what was entered, changed or matched "
        "since for that day or before.",
    )
    changed_documents = fields.Html(
        compute="_compute_changed_documents",
        help="Documents dated up to the day that were entered, changed or matched "
        "after the snapshot was taken.",
    )

    @api.depends("receivable", "covered", "date")
    def _compute_difference(self):
        self.flush_model()
        ledger = self.env["kam.credit.ledger"]
        ledger._flush_items()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT snapshot.id, SUM(item.residual)
                  FROM kam_credit_snapshot snapshot CROSS JOIN LATERAL (%s) item
                 WHERE snapshot.id IN %s AND item.root_id = snapshot.company_id
              GROUP BY snapshot.id
                """,
                get_items(
                    SQL("partner.commercial_partner_id IN %s", _COVERED),
                    Days.one(SQL("snapshot.date")),
                    is_narrow=True,
                ),
                tuple(self._origin.ids) or (0,),
            )
        )
        sums = dict(rows)
        for snapshot in self:
            receivable = float(sums.get(snapshot._origin.id, 0))
            snapshot.ledger_receivable = receivable
            snapshot.difference = snapshot.currency_id.round(
                receivable - snapshot.receivable
            )

    @api.depends("difference")
    @api.depends_context("lang")
    def _compute_changed_documents(self):
        changed = self.filtered("difference")
        (self - changed).changed_documents = False
        for snapshot, rows in changed._get_changed_documents().items():
            documents = Markup().join(
                Markup("<li>%s</li>") % snapshot._describe(*row) for row in rows
            )
            snapshot.changed_documents = documents and (
                Markup("<ul>%s</ul>") % documents
            )

    def _describe(self, name, date, state, amount):
        states = dict(
            self.env["account.move"]._fields["state"]._description_selection(self.env)
        )
        return self.env._(
            "%(name)s of %(date)s: %(amount)s (%(state)s)",
            name=name or "/",
            date=format_date(self.env, date),
            amount=self.currency_id.format(float(amount)),
            state=states[state],
        )

    def _get_changed_documents(self):
        """Return dict snapshot -> rows (name, date, state, amount) of documents.

        Deleted documents and matchings that were undone leave no trace in the
        ledger.
        """
        result = {snapshot: [] for snapshot in self}
        if not self:
            return result
        rows = self.env.execute_query(
            SQL(
                """
                SELECT snapshot.id, move.name, move.date, move.state, SUM(line.balance)
                  FROM kam_credit_snapshot snapshot
                  JOIN account_move_line line ON line.date <= snapshot.date
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN res_partner partner ON partner.id = line.partner_id
                   AND partner.commercial_partner_id IN %(covered)s
                  JOIN account_move move ON move.id = line.move_id
                  JOIN res_company company ON company.id = line.company_id
                   AND split_part(company.parent_path, '/', 1)::int
                        = snapshot.company_id
                 WHERE snapshot.id IN %(ids)s
                   AND (move.write_date > snapshot.create_date OR EXISTS (
                        SELECT FROM account_partial_reconcile part
                         WHERE (part.debit_move_id = line.id
                                OR part.credit_move_id = line.id)
                           AND part.create_date > snapshot.create_date
                           AND part.max_date <= snapshot.date))
              GROUP BY snapshot.id, move.id
              ORDER BY snapshot.id, move.date, move.id
                """,
                covered=_COVERED,
                ids=tuple(self.ids),
            )
        )
        for snapshot_id, *row in rows:
            result[self.browse(snapshot_id)].append(row)
        return result
