from decimal import Decimal
from hashlib import sha256

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import clean_context


class KamCreditChainMixin(models.AbstractModel):
    """An entry in the chain of decisions of a client in a company.

    Usage: inherit, name the amounts in ``_chain_money``, and define over creation
    values (as passed to ``create``):

    * ``_get_chain_key(vals)`` -> (client id, root company id)
    * ``_get_chain_text(vals)`` -> list of texts to hash; amounts are texts already
    * ``_get_chain_vals(stored)`` -> the same values read back from a record

    Amounts are hashed as the text that the database keeps, never as a float: of two
    floats that print alike one may be stored a cent off, from some 1e12 on.
    """

    _name = "kam.credit.chain.mixin"
    _description = "Entry in the Chain of Credit Decisions"

    # Amounts that the hash covers.
    _chain_money = ()

    chain_position = fields.Integer(
        string="Position in Chain", readonly=True, aggregator=None
    )
    chain_hash = fields.Char(readonly=True)

    @api.model
    def _chain_create(self, vals):
        """Create the record as the next entry of its chain."""
        texts = self._get_chain_text(self._prepare_chain_vals(vals))
        position, digest = self.env["kam.credit.lock"]._append(
            self._get_chain_key(vals), "|".join(texts)
        )
        # Defaults of the context are dropped, so the context is replaced.
        context = clean_context(self.env.context)
        entries = self.with_context(context)  # pylint: disable=context-overridden
        return entries.create(
            {**vals, "chain_position": position, "chain_hash": digest}
        )

    @api.model
    def _prepare_chain_vals(self, vals):
        """Return the creation values with amounts as they will be stored, as text."""
        # The record only lends its currency to the conversion.
        owners = {"company_id", "decision_id"} & vals.keys() & self._fields.keys()
        record = self.new({name: vals[name] for name in owners})
        return {
            **vals,
            **{
                name: self._fields[name].convert_to_column_insert(vals[name], record)
                for name in self._chain_money
            },
        }

    @api.model
    def _format_chain_money(self, amount, decimals=3):
        """Return an amount with fixed decimals, exact whatever its size.

        :param amount: text of a number
        """
        number = Decimal(amount or 0)
        return f"{number if number else Decimal(0):.{decimals}f}"  # no minus zero

    def _get_chain_stored(self):
        """Return ``{id: {name: text}}`` of the amounts as they are stored.

        As text, since a float does not tell the cents of very large amounts.
        """
        columns = SQL(", ").join(
            SQL("%s::text", SQL.identifier(name)) for name in self._chain_money
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id IN %s",
                columns,
                SQL.identifier(self._table),
                tuple(self.ids) or (0,),
            )
        )
        return {
            row[0]: dict(zip(self._chain_money, row[1:], strict=True)) for row in rows
        }

    def _recompute_chain_hash(self, previous, stored):
        """Return the hash that this record must have after the previous entry.

        :param previous: hash of the entry before
        :param stored: amounts of this record, as of :meth:`_get_chain_stored`
        """
        texts = self._get_chain_text(self._get_chain_vals(stored))
        text = "|".join([previous, str(self.chain_position), *texts])
        return sha256(text.encode()).hexdigest()
