import logging
import time
from contextlib import contextmanager

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

MONTHS = 24
# The people, goods and customers are demo data of the main addon.
MODULE = "key_account_management"


@contextmanager
def told(title):
    """Tell in the log how long a part of the work took."""
    start = time.perf_counter()
    yield
    _logger.info("Demo company: %s, %.1f s", title, time.perf_counter() - start)


class KamDemoMixin(models.AbstractModel):
    """What the parts of the builder share: the demo data, the day, acting as a user.

    A part is a model of its own, whose methods :mod:`.kam_demo` calls in their order.
    """

    _name = "kam.demo.mixin"
    _description = "Demo: Part of the Builder"

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

    def _as_user(self, user):
        """Return an environment in which the user works."""
        context = {
            "allowed_company_ids": self.env.company.ids,
            "lang": user.lang,
            "tz": user.tz,
        }
        return self.env(user=user.id, su=False, context=context)
