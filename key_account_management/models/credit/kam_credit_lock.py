from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

# Seconds that a transaction waits for the lock at most; settable by this parameter.
WAIT_PARAMETER = "key_account_management.credit_lock_seconds"
WAIT_DEFAULT = 5.0


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
    def _get_wait_seconds(self):
        """Return how long to wait for the lock: a few seconds, or what is set."""
        value = self.env["ir.config_parameter"].sudo().get_param(WAIT_PARAMETER)
        try:
            seconds = float(value or WAIT_DEFAULT)
        except ValueError:
            seconds = WAIT_DEFAULT
        return min(max(seconds, 0.1), 60.0)

    @api.model
    def _take(self, keys):
        """Take the rows of the keys, in id order, until the transaction ends.

        A real update, so that under snapshot isolation the later of two
        transactions fails instead of judging on old figures. From here to the commit
        nothing slow may happen, and nothing that needs another worker: see
        :meth:`_is_held`.

        :param keys: iterable of (client id, root company id)
        :raise psycopg2.errors.LockNotAvailable: not had in time; like a serialization
            failure, Odoo's request handling tries it again
        """
        self.env.flush_all()
        self.env.cr.postcommit.data["kam_credit_locked"] = True
        wait = self.env.context.get("kam_lock_seconds") or self._get_wait_seconds()
        for client_id, company_id in sorted(set(keys)):
            # One trip to the server: the wait is bounded for this statement only and
            # is then what it was, which a setting of our own remembers meanwhile.
            self.env.cr.execute(
                SQL(
                    """
                    SELECT set_config('kam.lock_timeout',
                                      current_setting('lock_timeout'), TRUE),
                           set_config('lock_timeout', %s, TRUE);
                    INSERT INTO kam_credit_lock
                           (client_id, company_id, touched, chain_length, chain_hash)
                    VALUES (%s, %s, 1, 0, '')
                    ON CONFLICT (client_id, company_id)
                    DO UPDATE SET touched = kam_credit_lock.touched + 1;
                    SELECT set_config('lock_timeout',
                                      current_setting('kam.lock_timeout'), TRUE)
                    """,
                    f"{int(wait * 1000)}ms",
                    client_id,
                    company_id,
                )
            )

    @api.model
    def _is_held(self):
        """Tell whether this transaction took a lock.

        Whoever is about to do something slow leaves a ``kam.credit.task`` instead.
        """
        return bool(self.env.cr.postcommit.data.get("kam_credit_locked"))

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

    @api.model
    def _get_end(self, key):
        """Return the hash of the last entry of the chain of a key."""
        rows = self.env.execute_query(
            SQL(
                "SELECT chain_hash FROM kam_credit_lock"
                " WHERE client_id = %s AND company_id = %s",
                *key,
            )
        )
        return rows[0][0] if rows else ""

    @api.model
    def _replace_end(self, key, position, before, text):
        """Let the last entry of a chain, not committed yet, say something else.

        :param position: of the entry
        :param before: hash of the entry before it
        :return: its new hash; None if it is not the last one
        """
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE kam_credit_lock
                   SET chain_hash = encode(sha256(convert_to(
                            %(text)s, 'UTF8')), 'hex')
                 WHERE client_id = %(client)s AND company_id = %(company)s
                   AND chain_length = %(position)s
                RETURNING chain_hash
                """,
                client=key[0],
                company=key[1],
                position=position,
                text=f"{before}|{position}|{text}",
            )
        )
        return rows[0][0] if rows else None

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
        :return: list of all problems in words
        """
        self.env.flush_all()
        self.env.invalidate_all()
        chains = defaultdict(list)
        for model in models:
            entries = self.env[model].sudo().search([("chain_position", ">", 0)])
            stored = entries._get_chain_stored()
            for entry in entries:
                key = entry.client_id.id, entry.company_id.id
                chains[key].append((entry, stored[entry.id]))
        ends = self._get_ends()
        problems = []
        for key in sorted(chains.keys() | ends.keys()):
            entries = sorted(chains[key], key=lambda pair: pair[0].chain_position)
            client = self.env["kam.client"].browse(key[0])
            problems += [
                f"{client.display_name}: {problem}"
                for problem in self._follow_chain(entries, *ends.get(key, (0, "")))
            ]
        return problems

    def _follow_chain(self, entries, length, end):
        """Return all that is wrong with one chain, in words.

        Goes on from the stored hash after each fault. After a gap the hash before is
        unknown, so that one entry cannot be proved; those after it can.

        :param entries: list of (record, stored amounts) by position
        :param length: number of entries there should be
        :param end: hash of the last one
        """
        problems = []
        position, last = 0, ""
        for entry, stored in entries:
            problems += self._find_gap(position + 1, entry.chain_position)
            is_next = entry.chain_position == position + 1
            if entry.chain_position == position:
                problems.append(self.env._("entry %s is there twice", position))
            elif is_next and entry.chain_hash != entry._recompute_chain_hash(
                last, stored
            ):
                problems.append(
                    self.env._("entry %s was changed", entry.chain_position)
                )
            position, last = entry.chain_position, entry.chain_hash
        if (position, last) != (length, end):
            problems.append(self.env._("the last entry is missing"))
        return problems

    def _find_gap(self, expected, found):
        return [
            self.env._("entry %s is missing", position)
            for position in range(expected, found)
        ]
