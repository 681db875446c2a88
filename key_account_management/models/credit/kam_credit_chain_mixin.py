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
        position, digest = self.env["kam.credit.lock"]._append(
            self._get_chain_key(vals), "|".join(self._get_chain_text(vals))
        )
        # Defaults of the context are dropped, so the context is replaced.
        context = clean_context(self.env.context)
        entries = self.with_context(context)  # pylint: disable=context-overridden
        return entries.create(
            {**vals, "chain_position": position, "chain_hash": digest}
        )

    def _recompute_chain_hash(self, previous):
        """Return the hash that this record must have after the previous entry."""
        texts = self._get_chain_text(self._get_chain_vals())
        text = "|".join([previous, str(self.chain_position), *texts])
        return sha256(text.encode()).hexdigest()
