from odoo import models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    _credit_moving_fields = frozenset(("is_company", "parent_id"))

    def write(self, vals):
        """Let no open item change its key client along with a contact.

        Core gives the items of a partner who gets another parent to the company of
        that parent, and a contact may have items of its own. Orders follow a legal
        entity to another key client and are judged there.
        """
        is_moved = self.ids and not self._credit_moving_fields.isdisjoint(vals)
        before = self._get_credit_item_clients() if is_moved else {}
        orders = self.env["sale.order"].sudo()
        if vals.get("kam_membership_id"):
            orders = self._get_credit_orders()
        with self.env["kam.credit.gate"]._watch(orders):
            result = super().write(vals)
        self._check_credit_items_stay(before)
        return result

    def _get_credit_orders(self):
        """Return the confirmed orders with a rest that these legal entities owe.

        As superuser: whoever may move a legal entity need not see its orders.
        """
        members = self.sudo().filtered("kam_membership_id")
        orders = self.env["sale.order"].sudo()
        if not members:
            return orders
        return orders.search(
            [
                ("credit_debtor_id", "in", members.ids),
                ("state", "=", "sale"),
                ("credit_rest", ">", 0),
            ]
        )

    def _get_credit_item_clients(self, items=None):
        """Return ``{id of an open receivable item: id of its key client or None}``.

        As superuser: a contact is moved whoever may see its documents.

        :param items: ids of items; default those of these partners and their contacts
        """
        self.env["res.partner"].flush_model(["kam_client_id", "parent_id"])
        self.env["account.move.line"].flush_model()
        if items is None:
            scope = SQL(
                """
                line.partner_id IN (
                    WITH RECURSIVE moved AS (
                        SELECT UNNEST(%s) AS id
                  UNION SELECT child.id FROM res_partner child
                          JOIN moved ON moved.id = child.parent_id)
                    SELECT id FROM moved)
                """,
                self.ids,
            )
        else:
            scope = SQL("line.id = ANY(%s)", list(items))
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT line.id, partner.kam_client_id
                      FROM account_move_line line
                      JOIN res_partner partner ON partner.id = line.partner_id
                     WHERE line.account_id = ANY(ARRAY(
                                SELECT id FROM account_account
                                 WHERE account_type = 'asset_receivable'))
                       AND line.amount_residual != 0
                       AND line.reconciled IS NOT TRUE
                       AND line.parent_state = 'posted'
                       AND %s
                    """,
                    scope,
                )
            )
        )

    def _check_credit_items_stay(self, before):
        """Only who may change legal entities moves debts from client to client.

        :param before: of :meth:`_get_credit_item_clients`
        :raise AccessError: naming what to do first
        """
        if self.env.su or not before:
            return
        after = self._get_credit_item_clients(before)
        moved = [item for item in before if after.get(item) != before[item]]
        if not moved:
            return
        self.env.user._check_kam_roles(
            "head",
            message=self.env._(
                "%s has open items, which would go from one key client to another "
                "or out of it. Have them settled first, or ask the head of the "
                "department to move the contact.",
                ", ".join(self.mapped("display_name")),
            ),
        )
        clients = {before[item] for item in moved} | {after.get(item) for item in moved}
        self.env["kam.client"].browse(filter(None, clients)).check_access("write")
