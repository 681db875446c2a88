from hashlib import sha256

from odoo import api, fields, models
from odoo.tools.misc import clean_context


class KamCreditChainMixin(models.AbstractModel):
    """An entry in the chain of decisions of a client in a company.

    Usage: inherit, and define over creation values (as passed to ``create``):

    * ``_get_chain_key(vals)`` -> (client id, root company id)
    * ``_get_chain_text(vals)`` -> list of texts to hash, money with fixed decimals
    * ``_get_chain_vals()`` -> the same values read back from a record
    """

    _name = "kam.credit.chain.mixin"
    _description = "Entry in the Chain of Credit Decisions"

    chain_position = fields.Integer(
        string="Position in Chain", readonly=True, aggregator=None
    )
    chain_hash = fields.Char(readonly=True)

    @api.model
    def _chain_create(self, vals):
        """Create the record as the next entry of its chain."""
        key = self._get_chain_key(vals)
        position, digest = self.env["kam.credit.lock"]._append(
            key, lambda previous, pos: self._make_chain_hash(previous, pos, vals)
        )
        return self.with_context(clean_context(self.env.context)).create(
            {**vals, "chain_position": position, "chain_hash": digest}
        )

    @api.model
    def _make_chain_hash(self, previous, position, vals):
        text = "|".join([previous, str(position), *self._get_chain_text(vals)])
        return sha256(text.encode()).hexdigest()

    def _recompute_chain_hash(self, previous):
        """Return the hash that this record must have after the previous entry."""
        vals = self._get_chain_vals()
        return self._make_chain_hash(previous, self.chain_position, vals)
