from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL


class KamCreditLock(models.Model):
    """A row per client and company that every decision takes.

    Two transactions that decide on the same client at the same moment meet here:
    the later one fails to serialise and is retried on fresh figures. The row also
    holds the end of the chain of decisions, so that a missing last entry is noticed.
    """

    _name = "kam.credit.lock"
    _description = "Credit Decision Lock"
    _inherit = ["kam.guard.mixin"]
    _log_access = False
    _rec_name = "client_id"

    _system_only = True

    client_id = fields.Many2one(
        comodel_name="kam.client", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade"
    )
    touched = fields.Integer(help="How often the row was taken.")
    chain_length = fields.Integer(help="Number of entries in the chain.")
    chain_hash = fields.Char(help="Hash of the last entry of the chain.")

    _client_company_uniq = models.Constraint(
        "UNIQUE (client_id, company_id)",
        "There is one lock per key client and company.",
    )

    @api.model
    def _take(self, keys):
        """Take the rows of the keys, in id order, until the transaction ends.

        A real update, so that under snapshot isolation the later of two
        transactions fails instead of judging on old figures.

        :param keys: iterable of (client id, root company id)
        """
        self.env.flush_all()
        for client_id, company_id in sorted(set(keys)):
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO kam_credit_lock
                           (client_id, company_id, touched, chain_length, chain_hash)
                    VALUES (%s, %s, 1, 0, '')
                    ON CONFLICT (client_id, company_id)
                    DO UPDATE SET touched = kam_credit_lock.touched + 1
                    """,
                    client_id,
                    company_id,
                )
            )

    @api.model
    def _append(self, key, text):
        """Add an entry to the chain of a key and return its position and hash.

        The hash covers the hash before, the position and the text.

        :param key: (client id, root company id)
        :param text: what the entry says, as text
        """
        return self.env.execute_query(
            SQL(
                """
                INSERT INTO kam_credit_lock AS chain
                       (client_id, company_id, touched, chain_length, chain_hash)
                VALUES (%(client)s, %(company)s, 1, 1,
                        encode(sha256(convert_to('|1|' || %(text)s, 'UTF8')), 'hex'))
                ON CONFLICT (client_id, company_id)
                DO UPDATE SET chain_length = chain.chain_length + 1,
                              chain_hash = encode(sha256(convert_to(
                                  chain.chain_hash || '|' || (chain.chain_length + 1)
                                  || '|' || %(text)s, 'UTF8')), 'hex')
                RETURNING chain_length, chain_hash
                """,
                client=key[0],
                company=key[1],
                text=text,
            )
        )[0]

    def _get_ends(self):
        """Return ``{(client id, company id): (length, last hash)}`` of all chains."""
        rows = self.env.execute_query(
            SQL(
                "SELECT client_id, company_id, chain_length, chain_hash "
                "FROM kam_credit_lock WHERE chain_length > 0"
            )
        )
        return {
            (client, company): (length, last) for client, company, length, last in rows
        }

    @api.model
    def _check_chains(self, models):
        """Follow every chain through the entries of the models.

        :param models: names of models with ``kam.credit.chain.mixin``
        :return: list of problems in words, at most one per chain
        """
        self.env.flush_all()
        self.env.invalidate_all()
        chains = defaultdict(list)
        for model in models:
            for entry in self.env[model].sudo().search([("chain_position", ">", 0)]):
                chains[entry.client_id.id, entry.company_id.id].append(entry)
        ends = self._get_ends()
        problems = []
        for key in sorted(chains.keys() | ends.keys()):
            entries = sorted(chains[key], key=lambda entry: entry.chain_position)
            if problem := self._follow_chain(entries, ends.get(key, (0, ""))):
                client = self.env["kam.client"].browse(key[0])
                problems.append(f"{client.display_name}: {problem}")
        return problems

    def _follow_chain(self, entries, end):
        """Return what is wrong with one chain, or nothing."""
        last = ""
        for position, entry in enumerate(entries, start=1):
            if entry.chain_position != position:
                return self.env._("entry %s is missing", position)
            if entry.chain_hash != entry._recompute_chain_hash(last):
                return self.env._("entry %s was changed", position)
            last = entry.chain_hash
        if (len(entries), last) != end:
            return self.env._("the last entry is missing")
        return False
