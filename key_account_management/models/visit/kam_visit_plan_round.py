import logging
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models

from .kam_visit_plan import ACTIVITY, WEEK, get_monday

_logger = logging.getLogger(__name__)


class KamVisitPlanRound(models.AbstractModel):
    """The scheduled round: plans proposed on Friday, the late ones told to the head.

    Each plan is a transaction of its own. A plan that cannot be proposed stays empty
    and says so to its manager; nobody else waits for it.
    """

    _name = "kam.visit.plan.round"
    _description = "Round of Weekly Plans"

    @api.model
    def _cron_round(self):
        """Hourly, since every company has its own Friday afternoon; safe to repeat."""
        work = []
        for company in self.env["res.company"].search([("active", "=", True)]):
            week = self._get_next_week(company)
            if self._is_past(company, week, company.kam_plan_hour):
                work += [
                    user.with_company(company).with_context(kam_week=week)
                    for user in self._get_users(company)
                ]
        self.env["kam.job"]._run(work, self._serve)

    def _get_now(self, company):
        """Return the time in the company, without a zone."""
        zone = pytz.timezone(company._get_kam_timezone())
        now = pytz.utc.localize(fields.Datetime.now())
        return now.astimezone(zone).replace(tzinfo=None)

    def _get_next_week(self, company):
        return get_monday(self._get_now(company).date()) + WEEK

    def _is_past(self, company, week, hour):
        """Tell whether an hour of the day on which plans are due has come."""
        day = week - WEEK + timedelta(days=int(company.kam_plan_deadline_day))
        due = datetime.combine(day, time.min) + timedelta(hours=hour)
        return self._get_now(company) >= due

    def _get_users(self, company):
        """Return the managers who want their week proposed."""
        groups = self.env["kam.client"]._read_group(
            [
                ("company_id", "in", (False, company.id)),
                ("manager_id.active", "=", True),
                ("manager_id.kam_plan_weekly", "=", True),
                ("manager_id.company_ids", "in", company.ids),
            ],
            ["manager_id"],
        )
        return [user for (user,) in groups]

    def _serve(self, user):
        """Propose the plan of a manager; remind of it when it is late.

        :param user: res.users in the company, with the week in its context
        """
        company, week = user.env.company, user.env.context["kam_week"]
        plans = self.env["kam.visit.plan"].with_company(company)
        key = {"user_id": user.id, "company_id": company.id, "week_start": week}
        plan = plans.search([(name, "=", value) for name, value in key.items()])
        if not plan:
            plan = plans.create(key)
            self._propose(plan)
        is_late = self._is_past(company, week, company.kam_plan_deadline_hour)
        if is_late and plan.state == "draft" and not plan.reminded_at:
            plan.reminded_at = fields.Datetime.now()
            words = plan.user_id.sale_team_id.user_id._get_kam_words(company)
            plan._ask_head(words._("Weekly plan is late"))

    def _propose(self, plan):
        try:
            with self.env.cr.savepoint():
                plan.action_generate()
                plan.flush_recordset()
        except Exception as error:
            _logger.exception("Weekly plan %s could not be proposed", plan.id)
            self.env.invalidate_all()
            self._tell(plan, self._get_failure(plan, error))
            return
        words = plan.user_id._get_kam_words(plan.company_id)
        self._tell(plan, words._("Submit the plan of the next week"))

    def _get_failure(self, plan, error):
        words = plan.user_id._get_kam_words(plan.company_id)
        return words._("The week could not be proposed: %s", error)

    def _tell(self, plan, summary):
        plan.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITY, summary=summary, user_id=plan.user_id.id
        )
