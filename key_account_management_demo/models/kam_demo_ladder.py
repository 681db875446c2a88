from odoo import models


class KamDemoLadder(models.AbstractModel):
    """The dunning ladder, switched on today: letters to approve, calls to make."""

    _name = "kam.demo.ladder"
    _description = "Demo: Dunning Ladder"
    _inherit = ["kam.demo.mixin"]

    def _start_ladder(self):
        company = self.env.company
        company.write(
            {
                "kam_ladder_start": self._today(),
                "kam_ladder_stage_id": self._ref("kam_collection_stage_letter").id,
                "kam_penalty_rate": 0.1,
                "kam_penalty_cap": 10,
            }
        )
        self._climb_once(company)
        letters = self.env["kam.collection.letter"].search([("kind", "=", "letter")])
        letters[:2].action_send_by_post()

    def _climb_once(self, company):
        """Make the first run, on a day off that of the next working day."""
        ladder = self.env["kam.collection.ladder"].with_context(
            mail_activity_quick_update=True
        )
        day = company._get_working_day(self._today())
        plans = self.env["kam.collection.plan"]
        plan = plans._get_plan(company, day, plans._get_settings(company))
        ladder._carry_out(
            company,
            self._today(),
            [step for step in plan if step[1].action != "stop"],
        )
