import gc
from contextlib import contextmanager

from odoo import api, models

from .kam_demo_mixin import MONTHS, told

# History is loaded unjudged, and tells nobody about itself.
HISTORY = {
    "kam_history_import": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "tracking_disable": True,
}
# Which part makes what, in this order. The history, of which nobody is told:
FIRST = (
    ("setting", "_analyze"),
    ("setting", "_prepare_accounting"),
    ("setting", "_set_languages"),
    ("setting", "_create_rates"),
    ("clients", "_create_owners"),
    ("documents", "_create_history"),
    ("clients", "_create_classifications"),
    ("setting", "_analyze"),
)
# What happened of late, done by the real users when the history is there:
LATELY = (
    ("stories", "_create_stories"),
    ("past", "_create_snapshots"),
    ("settlement", "_create_registered_payment"),
    ("reconciliations", "_create_reconciliations"),
    ("collection", "_create_collection"),
    ("ladder", "_start_ladder"),
    ("checks", "_create_checks"),
)
# The same, of which nobody is told:
QUIETLY = (("clients", "_create_outlook"), ("visits", "_create_visits"))
# What reads all that is there by then:
LAST = (
    ("pay", "_create_pay"),
    ("performance", "_create_performance"),
    ("substitutions", "_create_substitutions"),
)


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

    The parts, each a model ``kam.demo.<part>`` of its own, do it in their order.
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
            for builder, steps in (
                (quiet, FIRST),
                (self, LATELY),
                (quiet, QUIETLY),
                (self, LAST),
            ):
                for part, method in steps:
                    with told(method.strip("_").replace("_", " ")):
                        getattr(builder.env[f"kam.demo.{part}"], method)()
                        self.env.flush_all()
