from odoo import models


class HrLeave(models.Model):
    """Approved time off of a manager proposes who stands in for him."""

    _inherit = "hr.leave"

    def _validate_leave_request(self):
        result = super()._validate_leave_request()
        for leave in self:
            self.env["kam.substitution.proposer"]._propose(leave)
        return result

    def _remove_resource_leave(self):
        """Time off that is refused or taken back needs no substitute."""
        self.env["kam.substitution.proposer"]._withdraw(self)
        return super()._remove_resource_leave()
