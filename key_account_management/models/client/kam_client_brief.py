from odoo import api, fields, models

MONTHS = 12
TOP = 5
DROPPED_DAYS = 90


class KamClientBrief(models.AbstractModel):
    """What to know about a client before the door, on one page (clause A1.7).

    A brief is a list of blocks, each a template with its values, read with the rights
    of the reader: a block of records that he may not see is left out. A room adds its
    own by extending :meth:`_get_blocks`.
    """

    _name = "kam.client.brief"
    _description = "Client Brief"

    @api.model
    def _get_blocks(self, client):
        """Return the blocks of the brief in their order.

        :param client: one kam.client that the user may read
        :return: list of dict with ``name``, ``template`` (xmlid), ``sequence`` and
            what the template needs
        """
        blocks = [self._block_contacts(client), self._block_turnover(client)]
        if self.env["sale.order"].has_access("read"):
            blocks.append(self._block_products(client))
        return blocks

    @api.model
    def _get_sorted_blocks(self, client):
        """Return the blocks in the order of the page.

        :raise AccessError: if the user may not read the client
        """
        client.check_access("read")
        blocks = [block for block in self._get_blocks(client) if block]
        return sorted(blocks, key=lambda block: block["sequence"])

    def _prepare_block(self, name, sequence, **values):
        return {
            "name": name,
            "template": f"key_account_management.client_brief_{name}",
            "sequence": sequence,
            **values,
        }

    def _block_contacts(self, client):
        contacts = client.contact_ids.filtered(lambda contact: not contact.is_company)
        people = contacts.sorted(self._get_contact_key)
        return self._prepare_block("contacts", 10, contacts=people[:6])

    @api.model
    def _get_contact_key(self, contact):
        """Return what a contact of the brief is sorted by; rooms put theirs first."""
        return (not contact.function, contact.name or "")

    def _block_turnover(self, client):
        """Turnover of the last full months and this one, untaxed, company currency."""
        months = self._get_months()
        turnover = self._get_turnover(client, months[0])
        amounts = [turnover.get(month, 0.0) for month in months]
        past, last = sum(amounts[:MONTHS]), sum(amounts[MONTHS:])
        highest = max(*amounts[MONTHS:], 0.0)
        return self._prepare_block(
            "turnover",
            20,
            total=last,
            trend=(last - past) / past if past > 0 else None,
            bars=[
                {
                    "month": month,
                    "amount": amount,
                    "height": round(100 * max(amount, 0.0) / highest) if highest else 0,
                }
                for month, amount in zip(months[MONTHS:], amounts[MONTHS:], strict=True)
            ],
        )

    def _get_months(self):
        """Return the first days of the last 24 months, this one last."""
        this = fields.Date.start_of(self.env.company._kam_today(), "month")
        return [
            fields.Date.subtract(this, months=ago)
            for ago in reversed(range(2 * MONTHS))
        ]

    def _get_turnover(self, client, date_from):
        """Return ``{first day of the month: amount}`` of the current company.

        As superuser, since managers have no rights in accounting: sums of one client
        that the reader may read, and nothing else.
        """
        rows = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                [
                    ("kam_client_id", "=", client.id),
                    ("company_id", "child_of", self.env.company.sudo().root_id.id),
                    ("state", "=", "posted"),
                    ("move_type", "in", ("out_invoice", "out_refund")),
                    ("invoice_date", ">=", date_from),
                    ("invoice_date", "<=", self.env.company._kam_today()),
                ],
                ["invoice_date:month"],
                ["amount_untaxed_signed:sum"],
            )
        )
        return dict(rows)

    def _block_products(self, client):
        """What he orders most, and what he ordered but not lately."""
        today = self.env.company._kam_today()
        ordered = self._get_products(client, fields.Date.subtract(today, years=1))
        recent = fields.Date.subtract(today, days=DROPPED_DAYS)
        lately = self._get_products(client, recent)
        return self._prepare_block(
            "products", 30, ordered=lately[:TOP], dropped=(ordered - lately)[:TOP]
        )

    def _get_products(self, client, date_from):
        """Return the products of confirmed orders since a day, the largest first."""
        rows = self.env["sale.order.line"]._read_group(
            [
                ("order_id.kam_client_id", "=", client.id),
                ("order_id.state", "=", "sale"),
                ("order_id.date_order", ">=", date_from),
                ("display_type", "=", False),
                ("is_downpayment", "=", False),
                ("product_id", "!=", False),
                ("product_uom_qty", ">", 0),
            ],
            ["product_id"],
            ["price_subtotal:sum"],
            order="price_subtotal:sum DESC",
        )
        products = self.env["product.product"]
        return products.browse([product.id for product, _amount in rows])
