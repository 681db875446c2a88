from datetime import timedelta

from odoo import models
from odoo.tools import SQL

RUSSIAN_SPEAKERS = ("kam_vera", "kam_gleb", "head_south")
EURO_RATES = (0.93, 0.92, 0.91, 0.92, 0.94)


class KamDemoSetting(models.AbstractModel):
    """Accounts, languages and rates that the documents need."""

    _name = "kam.demo.setting"
    _description = "Demo: Accounts, Languages and Rates"
    _inherit = ["kam.demo.mixin"]

    def _analyze(self):
        """Tell the planner how many rows there are, as the database does in time.

        Of our tables only: those that all databases of a server share would be locked
        until everything is built, and stop whoever does the same in another database.
        """
        self.env.flush_all()
        tables = self.env.execute_query(
            SQL("SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public'")
        )
        names = SQL(", ").join(SQL.identifier(name) for (name,) in tables)
        self.env.cr.execute(SQL("ANALYZE %s", names))

    def _prepare_accounting(self):
        """Give the company a chart of accounts if it has none, and taxes at home."""
        company = self.env.company
        chart = self.env["account.chart.template"].with_company(company)
        if not company.chart_template:
            chart.try_loading("generic_coa", company, install_demo=False)
        domestic = chart.ref(
            "template_generic_domestic_fiscal_position", raise_if_not_found=False
        )
        if domestic:
            domestic.country_id = self.env.ref("base.ru")

    def _set_languages(self):
        """Some users work in Russian where it is installed."""
        if self.env["res.lang"]._get_data(code="ru_RU"):
            for login in RUSSIAN_SPEAKERS:
                self._ref(f"user_{login}").lang = "ru_RU"

    def _create_rates(self):
        """Rates of the euro, one for each month of the history, where none is."""
        today, euro = self._today(), self.env.ref("base.EUR")
        company = self.env.company.root_id
        known = euro.rate_ids.filtered(lambda rate: rate.company_id == company)
        days = {
            today - timedelta(days=30 * ago): EURO_RATES[ago % len(EURO_RATES)]
            for ago in range(1, self._get_months() + 2)
        }
        self.env["res.currency.rate"].create(
            [
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": euro.id,
                    "company_id": company.id,
                }
                for day, rate in days.items()
                if day not in known.mapped("name")
            ]
        )
