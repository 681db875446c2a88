import gc
import logging
import time
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models

from .buyers import BUYERS, FIXED
from .market import Good, Market

_logger = logging.getLogger(__name__)

MONTHS = 24
# The people, goods and customers are demo data of the main addon.
MODULE = "key_account_management"
# History is loaded unjudged, and tells nobody about itself.
HISTORY = {
    "kam_history_import": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "tracking_disable": True,
}
# The history, of which nobody is told.
FIRST_PARTS = (
    "_analyze",
    "_prepare_accounting",
    "_set_languages",
    "_create_rates",
    "_create_owners",
    "_create_history",
    "_create_classifications",
    "_analyze",
)
# Methods, each in a file of its own, that play what happened of late after the history
# is there. In this order, by the real users.
PARTS = (
    "_create_stories",
    "_create_snapshots",
    "_create_registered_payment",
    "_create_reconciliations",
    "_create_collection",
    "_start_ladder",
    "_create_checks",
)
# The same, as history: nobody is told of it.
QUIET_PARTS = ("_create_outlook", "_create_visits")
# What reads all that is there by then.
LAST_PARTS = ("_create_pay", "_create_performance", "_create_substitutions")
RUSSIAN_SPEAKERS = ("kam_vera", "kam_gleb", "head_south")
EURO_RATES = (0.93, 0.92, 0.91, 0.92, 0.94)


@contextmanager
def rare_garbage_collection():
    """Search young records for garbage rarely, and old ones not at all.

    Not never: each environment left over slows down every use of the others.
    """
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100000, 5, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


@contextmanager
def told(title):
    """Tell in the log how long a part of the work took."""
    start = time.perf_counter()
    yield
    _logger.info("Demo company: %s, %.1f s", title, time.perf_counter() - start)


class KamDemo(models.AbstractModel):
    """Builds the history of the demo company: a food wholesaler up to today.

    Called once by the demo data, as superuser. Partners, products and clients are
    records of the main addon's demo data; their orders, invoices and payments follow
    from the plans of :mod:`.market`, which are the same every time on the same day.

    The last 5 months have the true rhythm of orders. The 19 months before are
    thinner, so that the company is built in a minute or so: a key client orders once
    a month and an ordinary customer once a quarter, as much at a time as he would in
    several orders. What the company sells in a month is about the same.
    """

    _name = "kam.demo"
    _description = "Builder of the Demo Company"

    @api.model
    def _build(self, months=MONTHS):
        """Build orders, invoices, payments and credit decisions.

        :param months: length of the history in months up to today
        """
        self = self.with_context(kam_demo_months=months)
        quiet = self.with_context(**HISTORY)
        with told("all of it"), rare_garbage_collection():
            for builder, parts in (
                (quiet, FIRST_PARTS),
                (self, PARTS),
                (quiet, QUIET_PARTS),
                (self, LAST_PARTS),
            ):
                for part in parts:
                    with told(part.strip("_").replace("_", " ")):
                        getattr(builder, part)()
                        self.env.flush_all()

    @api.model
    def _get_months(self):
        """Length of the history in months."""
        return self.env.context.get("kam_demo_months", MONTHS)

    @api.model
    def _ref(self, name):
        return self.env.ref(f"{MODULE}.{name}")

    @api.model
    def _today(self):
        return fields.Date.today()

    def _analyze(self):
        """Tell the planner how many rows there are, as the database does in time."""
        self.env.flush_all()
        self.env.cr.execute("ANALYZE")

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

    def _create_history(self):
        """Build the documents, if they are not there from an earlier installation."""
        if self.env["sale.order"].search_count(
            [("partner_id", "=", self._ref("partner_azbuka").id)], limit=1
        ):
            return
        today = self._today()
        first = today - timedelta(days=30 * self._get_months())
        market = Market(self._get_goods(), first, today)
        with told("orders"):
            orders = self._create_orders(market.get_deals(BUYERS, FIXED))
        with told("invoices"):
            invoices = self._create_invoices(orders)
        with told("allowances"):
            self._create_allowances(invoices)
        with told("payments"):
            self._create_payments(invoices)

    @api.model
    def _get_goods(self):
        """Return the products of the demo data, for the plans."""
        food = self._ref("product_category_food")
        products = self.env["product.product"].search(
            [("categ_id", "child_of", food.id)], order="default_code"
        )
        categories = products.categ_id._get_external_ids()
        return [
            Good(
                product_id=product.id,
                price=product.list_price,
                category=categories[product.categ_id.id][0].rsplit("_")[-1],
                is_exempt=not product.taxes_id,
            )
            for product in products
        ]
