from odoo import api, models
from odoo.tools import SQL

CLIENTS = ("active_clients", "new_clients", "reactivated_clients")
SALES = ("out_invoice", "out_refund")


class KamPlanFacts(models.AbstractModel):
    """What was reached of the metrics that are planned, from the documents.

    Reads every document, whatever the user may see: the callers let out no more than
    the facts of plans and cards that the user may read.
    """

    _name = "kam.plan.facts"
    _description = "Facts of Sales Plans"

    @api.model
    def _get_branches(self, company):
        """Return the ids of a root company and its branches, as a tuple."""
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        return tuple(companies.search([("id", "child_of", company.id)]).ids)

    @api.model
    def _stamp(self):
        """SQL of the manager of ``move``: who was stamped when it was posted.

        Invoices from before the installation were stamped by nobody: the owner of
        the client on their date stands for him.
        """
        return SQL(
            "COALESCE(move.kam_manager_id, (%s))",
            self.env["kam.assignment"]._get_owner_query(
                SQL("move.kam_client_id"), SQL("move.invoice_date")
            ),
        )

    @api.model
    def _sale_conditions(self, branches, date_from, date_to):
        """SQL that ``move`` is an invoice or credit note to a key client."""
        return SQL(
            """
            move.state = 'posted' AND move.move_type IN %s
            AND move.kam_client_id IS NOT NULL AND move.company_id IN %s
            AND move.invoice_date BETWEEN %s AND %s
            """,
            SALES,
            branches,
            date_from,
            date_to,
        )

    @api.model
    def _facts_query(self, company, branches, date_from, date_to, metrics):
        """SQL of the facts that sales plans are compared with, from the documents.

        Columns manager_id, metric, month, client_id, move_id and fact, one row per
        manager, metric, month and client. Turnover, margin and clients follow the
        stamp of the invoices, money collected the owner on the day of payment.

        :param metrics: the metrics that are asked for
        """
        self._flush_facts()
        queries = []
        if "turnover" in metrics:
            queries.append(self._turnover_facts(branches, date_from, date_to))
        if "margin" in metrics:
            queries.append(self._margin_facts(branches, date_from, date_to))
        if counts := sorted(set(CLIENTS) & set(metrics)):
            queries.append(
                self._client_facts(company, branches, date_from, date_to, counts)
            )
        if "collections" in metrics:
            queries.append(self._collection_facts(company, date_from, date_to))
        nothing = SQL(
            "SELECT NULL::int AS manager_id, NULL::varchar AS metric,"
            " NULL::date AS month, NULL::int AS client_id, NULL::int AS move_id,"
            " 0::numeric AS fact WHERE FALSE"
        )
        return SQL(" UNION ALL ").join([nothing, *queries])

    @api.model
    def _flush_facts(self):
        for model in ("account.move", "account.move.line", "account.payment"):
            self.env[model].flush_model()
        self.env["res.partner"].flush_model(["kam_client_id", "vat"])
        self.env["kam.assignment"].flush_model()
        self.env["product.product"].flush_model(["standard_price"])

    def _turnover_facts(self, branches, date_from, date_to):
        """SQL of revenue, as in the numbers that are defined once."""
        return SQL(
            """
            SELECT manager_id, 'turnover', month, client_id, NULL::int, SUM(turnover)
              FROM (
                SELECT %(stamp)s AS manager_id, move.kam_client_id AS client_id,
                       date_trunc('month', move.invoice_date)::date AS month,
                       move.amount_untaxed_signed AS turnover
                  FROM account_move move WHERE %(where)s
              ) sale
          GROUP BY manager_id, month, client_id
            """,
            stamp=self._stamp(),
            where=self._sale_conditions(branches, date_from, date_to),
        )

    def _margin_facts(self, branches, date_from, date_to):
        """SQL of revenue less the cost stamped on the lines at posting."""
        report = self.env["kam.sales.report"]
        return SQL(
            """
            SELECT manager_id, 'margin', month, client_id, NULL::int, SUM(margin)
              FROM (
                SELECT %(stamp)s AS manager_id, move.kam_client_id AS client_id,
                       date_trunc('month', move.invoice_date)::date AS month,
                       -line.balance - %(cost)s AS margin
                  FROM %(lines)s
                 WHERE line.display_type = 'product' AND %(where)s
              ) sale
          GROUP BY manager_id, month, client_id
            """,
            stamp=self._stamp(),
            cost=report._cost(),
            lines=report._from(),
            where=self._sale_conditions(branches, date_from, date_to),
        )

    def _client_facts(self, company, branches, date_from, date_to, metrics):
        """SQL of active, new and reactivated clients, 1 each, by their last stamp.

        Who bought has an invoice and a net turnover of at least the minimum of his
        tier, so that a client whose invoices were all refunded did not. New is whose
        first invoice ever lies in the month, unless a legal entity with the same tax
        id or registry number has bought before. Reactivated is who comes back after
        the months without an invoice that the company chose.
        """
        return SQL(
            """
            SELECT manager_id, metric, month, client_id, move_id, 1
              FROM (
                SELECT month, client_id,
                       (ARRAY_AGG(manager_id ORDER BY date DESC, id DESC) FILTER (
                            WHERE move_type = 'out_invoice'))[1] AS manager_id,
                       (ARRAY_AGG(id ORDER BY date DESC, id DESC) FILTER (
                            WHERE move_type = 'out_invoice'))[1] AS move_id,
                       MIN(date) FILTER (WHERE move_type = 'out_invoice') AS first_day
                  FROM (
                    SELECT move.id, move.move_type, move.invoice_date AS date,
                           date_trunc('month', move.invoice_date)::date AS month,
                           move.kam_client_id AS client_id, %(stamp)s AS manager_id,
                           move.amount_untaxed_signed AS turnover
                      FROM account_move move WHERE %(where)s
                  ) sale
              GROUP BY month, client_id
                HAVING COUNT(*) FILTER (WHERE move_type = 'out_invoice') > 0
                   AND ROUND(SUM(turnover)::numeric, 2) >= (
                        SELECT COALESCE(MAX(tier.plan_min_turnover), 1)
                          FROM kam_client client
                          JOIN kam_tier tier ON tier.id = client.tier_id
                         WHERE client.id = sale.client_id)::numeric
              ) bought
        CROSS JOIN UNNEST(%(metrics)s) metric (metric)
             WHERE CASE metric WHEN 'new_clients' THEN %(is_new)s
                               WHEN 'reactivated_clients' THEN %(is_back)s
                               ELSE TRUE END
            """,
            metrics=metrics,
            stamp=self._stamp(),
            where=self._sale_conditions(branches, date_from, date_to),
            is_new=self._is_new(branches),
            is_back=self._is_back(company, branches),
        )

    def _is_back(self, company, branches):
        """SQL that the client ``bought`` long ago, and not since."""
        bought = SQL(
            """
            SELECT FROM account_move earlier
             WHERE earlier.kam_client_id = bought.client_id
               AND earlier.state = 'posted' AND earlier.move_type = 'out_invoice'
               AND earlier.company_id IN %s AND earlier.invoice_date < bought.first_day
            """,
            branches,
        )
        return SQL(
            "(EXISTS (%(bought)s) AND NOT EXISTS (%(bought)s"
            "  AND earlier.invoice_date > bought.first_day - %(gap)s::interval))",
            bought=bought,
            gap=f"{company.sudo().kam_reactivation_months} months",
        )

    def _is_new(self, branches):
        """SQL that nobody of the client ``bought`` before its ``first_day``.

        Twice: by the documents of the client itself, which the index on it answers,
        and by those of any company with the tax id or the registry number of one of
        its legal entities, so that an old customer under a new name is not new.
        """
        return SQL(
            """
            NOT EXISTS (
                SELECT FROM account_move earlier
                 WHERE earlier.kam_client_id = bought.client_id
                   AND earlier.state = 'posted'
                   AND earlier.move_type = 'out_invoice'
                   AND earlier.company_id IN %(branches)s
                   AND earlier.invoice_date < bought.month)
            AND NOT EXISTS (
                SELECT FROM res_partner own
                  JOIN res_partner same ON same.id != own.id
                   AND ((own.vat <> '' AND same.vat = own.vat)
                        OR (own.company_registry <> ''
                            AND same.company_registry = own.company_registry))
                  JOIN account_move earlier
                    ON earlier.commercial_partner_id = same.commercial_partner_id
                   AND earlier.state = 'posted'
                   AND earlier.move_type = 'out_invoice'
                   AND earlier.company_id IN %(branches)s
                   AND earlier.invoice_date < bought.first_day
                 WHERE own.kam_membership_id = bought.client_id)
            """,
            branches=branches,
        )

    def _collection_facts(self, company, date_from, date_to):
        """SQL of the money that came on the receivables, by the day of payment."""
        payments = self.env["kam.receivable.payment"]
        return SQL(
            """
            SELECT (%(owner)s) AS manager_id, 'collections',
                   date_trunc('month', payment.date)::date, payment.client_id,
                   NULL::int, SUM(payment.amount)
              FROM (%(entries)s UNION ALL %(registered)s) payment
             WHERE payment.company_id = %(company)s
               AND payment.date BETWEEN %(start)s AND %(end)s
          GROUP BY 1, 3, payment.client_id
            """,
            owner=self.env["kam.assignment"]._get_owner_query(
                SQL("payment.client_id"), SQL("payment.date")
            ),
            entries=payments._entry_query(),
            registered=payments._registered_query(),
            company=company.id,
            start=date_from,
            end=date_to,
        )

    @api.model
    def _get_category_facts(self, company, date_from, date_to, categories):
        """Return turnover and margin of product categories and those below them.

        :return: dict (metric, month, category id) -> list of ((manager id, client id),
            fact)
        """
        self._flush_facts()
        self.env["product.template"].flush_model(["categ_id", "uom_id"])
        self.env["product.category"].flush_model(["parent_path"])
        report = self.env["kam.sales.report"]
        # a row per line of an invoice and planned category above its product's
        rows = self.env.execute_query(
            SQL(
                """
                SELECT month, category_id, manager_id, client_id, SUM(turnover),
                       SUM(turnover - cost)
                  FROM (
                    SELECT date_trunc('month', move.invoice_date)::date AS month,
                           planned.id AS category_id, %(stamp)s AS manager_id,
                           move.kam_client_id AS client_id, -line.balance AS turnover,
                           %(cost)s AS cost
                      FROM %(lines)s
                      JOIN product_category category ON category.id = template.categ_id
                      JOIN product_category planned ON planned.id IN %(categories)s
                       AND category.parent_path LIKE planned.parent_path || '%%'
                     WHERE line.display_type = 'product' AND %(where)s
                  ) sale
                 WHERE manager_id IS NOT NULL
              GROUP BY 1, 2, 3, 4
              ORDER BY 1, 2, 3, 4
                """,
                stamp=self._stamp(),
                cost=report._cost(),
                lines=report._from(),
                categories=tuple(categories.ids) or (0,),
                where=self._sale_conditions(
                    self._get_branches(company), date_from, date_to
                ),
            )
        )
        facts = {}
        for month, category_id, user_id, client_id, turnover, margin in rows:
            for metric, fact in (("turnover", turnover), ("margin", margin)):
                pair = (user_id, client_id), float(fact)
                facts.setdefault((metric, month, category_id), []).append(pair)
        return facts

    @api.model
    def _get_facts(self, company, date_from, date_to, metrics):
        """Return the facts of a company's managers.

        :return: dict (metric, month) -> list of ((manager id, client id), fact)
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT metric, month, manager_id, client_id, SUM(fact)"
                "  FROM (%s) fact WHERE manager_id IS NOT NULL"
                " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
                self._facts_query(
                    company,
                    self._get_branches(company),
                    date_from,
                    date_to,
                    metrics,
                ),
            )
        )
        facts = {}
        for metric, month, user_id, client_id, fact in rows:
            pair = (user_id, client_id), float(fact)
            facts.setdefault((metric, month), []).append(pair)
        return facts
