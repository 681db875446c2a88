from odoo import api, fields, models
from odoo.tools import SQL


class KamSalesReport(models.Model):
    """Turnover and margin per posted invoice line (DESIGN: revenue, margin).

    Untaxed, company currency, by invoice date, credit notes negative. The cost is
    that stamped at posting; lines from before the installation take the product's
    cost of today and are marked as an estimate.
    """

    _name = "kam.sales.report"
    _description = "Sales to Key Clients"
    _inherit = ["kam.door.mixin"]
    _auto = False
    _order = "date desc"
    _rec_name = "date"

    date = fields.Date(string="Invoice Date", readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    client_id = fields.Many2one("kam.client", string="Key Client", readonly=True)
    tier_id = fields.Many2one("kam.tier", readonly=True)
    manager_id = fields.Many2one(
        "res.users",
        string="Key Account Manager",
        readonly=True,
        help="Owner of the client on the invoice date; for invoices from before the "
        "installation the manager of today.",
    )
    team_id = fields.Many2one("crm.team", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Company", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    category_id = fields.Many2one(
        "product.category", string="Product Category", readonly=True
    )
    company_id = fields.Many2one("res.company", string="Own Company", readonly=True)
    currency_id = fields.Many2one(
        "res.currency", string="Company Currency", readonly=True
    )
    quantity = fields.Float(readonly=True)
    turnover = fields.Monetary(readonly=True)
    margin = fields.Monetary(
        readonly=True, groups="key_account_management.group_kam_user"
    )
    is_estimate = fields.Boolean(
        string="Estimated Cost",
        readonly=True,
        groups="key_account_management.group_kam_user",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT line.id, move.invoice_date AS date, move.id AS move_id,
                   move.kam_client_id AS client_id, client.tier_id,
                   COALESCE(move.kam_manager_id, client.manager_id) AS manager_id,
                   client.team_id, move.commercial_partner_id AS partner_id,
                   line.product_id, template.categ_id AS category_id,
                   move.company_id, company.currency_id,
                   %(sign)s * line.quantity AS quantity,
                   -line.balance AS turnover,
                   -line.balance - %(cost)s AS margin,
                   %(is_estimate)s AS is_estimate
              FROM %(lines)s
              JOIN kam_client client ON client.id = move.kam_client_id
             WHERE line.display_type = 'product'
            """,
            sign=self._sign(),
            cost=self._cost(),
            is_estimate=self._is_estimate(),
            lines=self._from(),
        )

    def _sign(self):
        return SQL("(CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END)")

    def _is_estimate(self):
        return SQL("(line.kam_unit_cost IS NULL AND line.product_id IS NOT NULL)")

    def _cost(self):
        """SQL of the cost of a line in company currency, credit notes negative."""
        return SQL(
            """
            (%(sign)s * line.quantity * COALESCE(line.kam_unit_cost,
                (product.standard_price->>(
                    split_part(company.parent_path, '/', 1)))::float
                * line_uom.factor / product_uom.factor, 0))
            """,
            sign=self._sign(),
        )

    def _from(self):
        """SQL of posted customer invoice lines and what they refer to."""
        return SQL(
            """
            account_move_line line
              JOIN account_move move ON move.id = line.move_id
               AND move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund')
              JOIN res_company company ON company.id = move.company_id
         LEFT JOIN product_product product ON product.id = line.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN uom_uom product_uom ON product_uom.id = template.uom_id
         LEFT JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
            """
        )

    @api.model
    def _get_amounts_query(self, company, date_from, date_to, base):
        """SQL of margin or turnover per customer of a company and its branches.

        Columns: client_id (or null), partner_id (main legal entity, or the customer),
        amount, is_estimate. Legal entities of a key client are one customer; whose
        invoice it is follows today's membership of the partner.

        :param company: root company
        :param base: ``margin`` or ``turnover``
        """
        self.env.flush_all()
        is_margin = base == "margin"
        return SQL(
            """
            SELECT partner.kam_client_id AS client_id,
                   COALESCE(client.main_partner_id, partner.commercial_partner_id)
                        AS partner_id,
                   SUM(-line.balance - %(cost)s)::numeric AS amount,
                   BOOL_OR(%(is_estimate)s) AS is_estimate
              FROM %(lines)s
              JOIN res_partner partner ON partner.id = move.commercial_partner_id
         LEFT JOIN kam_client client ON client.id = partner.kam_client_id
             WHERE line.display_type = 'product'
               AND move.invoice_date BETWEEN %(date_from)s AND %(date_to)s
               AND split_part(company.parent_path, '/', 1)::int = %(company)s
          GROUP BY 1, 2
            """,
            cost=self._cost() if is_margin else SQL("0"),
            is_estimate=self._is_estimate() if is_margin else SQL("FALSE"),
            lines=self._from(),
            date_from=date_from,
            date_to=date_to,
            company=company.id,
        )
