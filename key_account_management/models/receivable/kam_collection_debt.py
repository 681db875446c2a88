from odoo import api, models
from odoo.tools import SQL

# Factor of the priority per risk class; without a class that of the middle one.
FACTORS = {"a": 1.0, "b": 1.5, "c": 2.0, "d": 2.5, "e": 3.0}


class KamCollectionDebt(models.AbstractModel):
    """Opens, ranks and closes cases by the overdue debt, for many clients at once.

    The queries read every document, whatever the user may see.
    """

    _name = "kam.collection.debt"
    _description = "Overdue Debt by Client"

    @api.model
    def _open_cases(self, client_ids=None):
        """Open, resume, close and rank the cases of clients in all companies.

        A case opens when debt beyond the grace of the policy, net of unallocated
        credits, comes to the policy's minimum and more than 0. It closes, paused or
        not, when nothing is overdue.

        :param client_ids: clients to look at; default all
        :return: the cases that were opened
        """
        domain = [("state", "!=", "closed")]
        if client_ids is not None:
            domain.append(("client_id", "in", client_ids))
        cases = self.env["kam.collection"].sudo().search(domain)
        debts = self._get_debts(client_ids)
        known = {(case.client_id.id, case.company_id.id): case for case in cases}
        paid = cases.filtered(
            lambda case: (
                not debts.get((case.client_id.id, case.company_id.id), {}).get(
                    "overdue"
                )
            )
        )
        for company, closed in paid.grouped("company_id").items():
            self._close_cases(closed, company._kam_today())
        cases -= paid
        cases.filtered(
            lambda case: (
                case.state == "paused"
                and case.pause_until < case.company_id._kam_today()
            )
        )._resume()
        opened = self._create_cases(
            [key for key in debts if debts[key]["opens"] and key not in known]
        )
        for case in cases | opened:
            debt = debts[case.client_id.id, case.company_id.id]
            if case.priority != debt["priority"]:
                case.priority = debt["priority"]
        return opened.with_env(self.env)

    def _create_cases(self, keys):
        company = self.env["res.company"]
        first = self.env["kam.collection.stage"].search([("days", ">=", 0)], limit=1)
        opened = (
            self.env["kam.collection"]
            .sudo()
            .create(
                [
                    {
                        "client_id": client_id,
                        "company_id": root_id,
                        "stage_id": first.id,
                        "date_opened": company.browse(root_id)._kam_today(),
                    }
                    for client_id, root_id in sorted(keys)
                ]
            )
        )
        self.env["kam.collection.step"]._log(
            opened,
            "open",
            lambda words: words._(
                "Overdue debt reached the minimum of the credit policy."
            ),
        )
        return opened

    def _close_cases(self, cases, today):
        self.env["kam.collection.step"]._log(
            cases, "close", lambda words: words._("Nothing is overdue now.")
        )
        cases.write(
            {
                "state": "closed",
                "date_closed": today,
                "pause_until": False,
                "stop_date": False,
            }
        )
        self.env["kam.collection.stop"]._lift(cases)

    @api.model
    def _get_debts(self, client_ids):
        """Return per key with overdue debt: overdue, priority, whether it opens."""
        self.env["kam.credit.ledger"]._flush_items()
        for model in ("kam.client", "kam.tier", "kam.credit.line", "kam.credit.policy"):
            self.env[model].flush_model()
        self.env["res.partner"].flush_model(["kam_client_id", "commercial_partner_id"])
        clients = SQL("(SELECT id FROM kam_client)")
        if client_ids is not None:
            clients = [(client_id, 0) for client_id in [*client_ids, 0]]
        rows = self.env.execute_query_dict(self._debt_query(clients))
        return {
            (row["client_id"], row["root_id"]): {
                "overdue": float(row["overdue"]),
                "opens": row["opens"],
                "priority": float(row["overdue"])
                * row["days"]
                * self._get_factor(row["risk_class"]),
            }
            for row in rows
        }

    @api.model
    def _get_factor(self, risk_class):
        """Return by how much a risk class raises the priority."""
        return FACTORS[risk_class or "c"]

    def _debt_query(self, clients):
        """SQL of the overdue debt per client and company with what opens a case.

        Credits that nothing is matched with count for the debt of their own legal
        entity: those of a sister neither hide it nor could be matched with it.
        """
        ledger = self.env["kam.credit.ledger"]
        return SQL(
            """
            SELECT client_id, root_id, risk_class, overdue, days,
                   beyond > 0 AND beyond >= minimum AS opens
              FROM (
                SELECT client_id, root_id, risk_class, minimum,
                       SUM(overdue) AS overdue, MAX(days) AS days,
                       SUM(GREATEST(beyond, 0)) AS beyond
                  FROM (
                    SELECT item.client_id, item.root_id, line.risk_class,
                           COALESCE(policy.overdue_min_amount, 0) AS minimum,
                           COALESCE(SUM(residual) FILTER (
                                WHERE residual > 0 AND days > 0), 0) AS overdue,
                           MAX(days) FILTER (WHERE residual > 0) AS days,
                           SUM(residual) FILTER (
                                WHERE residual < 0
                                   OR days > COALESCE(policy.overdue_grace_days, 0))
                                AS beyond
                      FROM (%(items)s) item
                      JOIN res_partner partner ON partner.id = item.partner_id
                      JOIN kam_client client ON client.id = item.client_id
                 LEFT JOIN kam_tier tier ON tier.id = client.tier_id
                 LEFT JOIN kam_credit_line line ON line.client_id = item.client_id
                       AND line.company_id = item.root_id AND line.active
                      JOIN kam_credit_policy policy ON policy.id = %(policy)s
                  GROUP BY item.client_id, item.root_id, line.id, policy.id,
                           partner.commercial_partner_id
                  ) entity
              GROUP BY client_id, root_id, risk_class, minimum
              ) debt
             WHERE overdue > 0
            """,
            items=ledger._on_their_day(
                lambda day: ledger._receivable_items(clients, day)
            ),
            policy=self.env["kam.credit.policy"]._get_line_policy(),
        )
