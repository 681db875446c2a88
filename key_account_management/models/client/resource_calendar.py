from odoo import models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        """Forget the time zones of companies, which may be those of these hours."""
        result = super().write(vals)
        if "tz" in vals:
            self.env.registry.clear_cache()
        return result
