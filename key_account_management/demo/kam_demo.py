import gc
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models

from .buyers import BUYERS, FIXED
from .market import Good, Market

MONTHS = 24
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


class KamDemo(models.AbstractModel):
    """Builds the history of the demo company: a food wholesaler up to today.

    Called once by the demo data, as superuser. Partners, products and clients are
    records of the demo data; their orders, invoices and payments follow from the
    plans of :mod:`.market`, which are the same every time on the same day. Nothing
    but demo data depends on it.

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
        builder = self.with_context(**HISTORY)
        builder._prepare_accounting()
        builder._set_languages()
        builder._create_rates(months)
        with rare_garbage_collection():
            builder._create_owners()
            builder._create_history(months)
            builder.env.flush_all()
            builder._create_classifications(months)
            self._create_stories()
            self._create_reconciliations()
            self._create_collection()
            builder._create_outlook()
            self.env.flush_all()

    @api.model
    def _ref(self, name):
        return self.env.ref(f"{MODULE}.{name}")

    @api.model
    def _today(self):
        return fields.Date.today()

    def _prepare_accounting(self):
        """Give the company a chart of accounts if it has none."""
        company = self.env.company
        if not company.chart_template:
            self.env["account.chart.template"].try_loading(
                "generic_coa", company, install_demo=False
            )

    def _set_languages(self):
        """Some users work in Russian where it is installed."""
        if self.env["res.lang"]._get_data(code="ru_RU"):
            for login in RUSSIAN_SPEAKERS:
                self._ref(f"user_{login}").lang = "ru_RU"

    def _create_rates(self, months):
        """Rates of the euro, one for each month of the history."""
        today = self._today()
        self.env["res.currency.rate"].create(
            [
                {
                    "name": today - timedelta(days=30 * ago),
                    "rate": EURO_RATES[ago % len(EURO_RATES)],
                    "currency_id": self.env.ref("base.EUR").id,
                    "company_id": self.env.company.id,
                }
                for ago in range(1, months + 2)
            ]
        )

    def _create_history(self, months):
        today = self._today()
        market = Market(self._get_goods(), today - timedelta(days=30 * months), today)
        orders = self._create_orders(market.get_deals(BUYERS, FIXED))
        invoices = self._create_invoices(orders)
        self._create_allowances(invoices)
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
