from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

import pytz

from odoo import models

from odoo.addons.key_account_management.models.visit.kam_visit_plan import (
    WEEK,
    get_monday,
)
from odoo.addons.key_account_management.models.visit.week import count_dues

WEEKS = 26
WEEKS_OF_A_MONTH = 4


@dataclass
class Habit:
    """How a manager works: what he does of what he planned, and how much besides.

    :param adherence: share of planned visits that he makes
    :param punctual: share of those that he makes on their day
    :param besides: visits a week that he did not plan
    """

    login: str
    adherence: float
    punctual: float
    besides: int
    done: float = 0.0
    on_day: float = 0.0


HABITS = (
    ("kam_anna", 0.93, 0.95, 1),
    ("kam_boris", 0.85, 0.85, 2),
    ("kam_vera", 0.76, 0.9, 1),
    ("kam_gleb", 0.66, 0.75, 3),
)
# Outcome, what came of it, next step.
REPORTS = (
    ("order", "Order for the next week taken.", "Call about the next order"),
    ("agreed", "Shelf space for the new goods agreed.", "Send the new price list"),
    ("thinking", "The buyer compares our offer with another one.", "Call the buyer"),
    ("payment", "Payment of the overdue invoice promised.", "Check the payment"),
    ("order", "Stock checked together, order taken.", "Plan the next delivery"),
    ("refused", "No interest in the promotion this month.", "Prepare another offer"),
    ("agreed", "Tasting in two shops agreed.", "Bring the samples"),
    ("not_met", "The buyer was away.", "Agree on a new date"),
)
PURPOSES = ("order", "terms", "range", "payment", "claim")
LATE = ("Had to take a claim first", "The buyer moved the meeting", "Stuck in traffic")
DROPPED = ("Inventory at the client's", "The buyer is on holiday", "No time left")


class KamDemoVisits(models.AbstractModel):
    """Half a year of weekly plans and visits, and the coming week proposed."""

    _name = "kam.demo.visits"
    _description = "Demo: Visits"
    _inherit = ["kam.demo.mixin"]

    def _create_visits(self):
        this_week = get_monday(self._today())
        count = min(WEEKS, self._get_months() * WEEKS_OF_A_MONTH)
        weeks = [this_week - WEEK * ago for ago in range(count, -1, -1)]
        habits = [Habit(*habit) for habit in HABITS]
        self._create_past_weeks(habits, weeks)
        self._propose_next_week(habits, this_week + WEEK)

    def _create_past_weeks(self, habits, weeks):
        clients = self.env["kam.client"].search([("tier_id", "!=", False)], order="id")
        owners = self.env["kam.assignment"]._get_owners(
            (client, week) for client in clients for week in weeks
        )
        plans, visits, coming = {}, [], []
        met = {}
        for habit in habits:
            user = self._ref(f"user_{habit.login}")
            for week in weeks:
                plan = plans[habit.login, week] = self.env["kam.visit.plan"].create(
                    {"user_id": user.id, "week_start": week, "state": "approved"}
                )
                own = [client for client in clients if owners[client, week] == user]
                made = self._plan_week(habit, user, plan, own, met)
                visits += [vals for vals in made if vals.get("decision")]
                coming += [vals for vals in made if not vals.get("decision")]
        self.env["kam.visit"].create(visits)
        self.env["kam.visit"].with_context(kam_history_import=False).create(coming)
        last = weeks[-1] - WEEK
        self.env["kam.visit.plan"].concat(
            *(plan for (_login, week), plan in plans.items() if week < last)
        )._close()

    def _plan_week(self, habit, user, plan, clients, met):
        """Return the values of the visits of a week: a slot of two hours for each."""
        random = Random(f"{habit.login}{plan.week_start}")
        vals_list = []
        for client in clients:
            for code, interval in self._get_due(client, plan.week_start, met):
                number = len(vals_list)
                day = plan.week_start + timedelta(days=number % 5)
                at = self._get_moment(user, day, 9 + 2 * (number // 5 % 4))
                vals = self._prepare_visit(user, plan, client, code, at)
                self._carry_out(habit, vals, at, interval, random)
                met[client, code] = day
                met[client, "call"] = day
                vals_list.append(vals)
        for number in range(habit.besides if clients else 0):
            vals = self._prepare_besides(user, plan, random.choice(clients), number)
            if vals["date_planned"] < self._get_now():
                self._report(vals, vals["date_planned"], 14, random)
                vals_list.append(vals)
        return vals_list

    def _get_due(self, client, week, met):
        """Return (code, interval) of what is due with a client in a week."""
        tier = client.tier_id
        visits = count_dues(met.get((client, "visit")), tier.visit_interval_days, week)
        calls = count_dues(met.get((client, "call")), tier.call_interval_days, week)
        due = [("visit", tier.visit_interval_days)] * len(visits[:1])
        return due + [("call", tier.call_interval_days)] * (len(calls[:3]) - len(due))

    def _get_now(self):
        return datetime.combine(self._today(), time.min)

    def _get_moment(self, user, day, hour):
        """Return an hour of a day where the user lives, as a UTC moment."""
        local = pytz.timezone(user.tz).localize(datetime.combine(day, time(hour)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _prepare_visit(self, user, plan, client, code, at):
        return {
            "plan_id": plan.id,
            "user_id": user.id,
            "client_id": client.id,
            "kind_id": self._ref(f"kam_visit_kind_{code}").id,
            "date_planned": at,
            "is_locked": False,
            "proposed_week": plan.week_start,
            "reasons": [[f"{code}_due", {"date": str(at.date())}]],
        }

    def _prepare_besides(self, user, plan, client, number):
        at = self._get_moment(user, plan.week_start + timedelta(days=number + 1), 17)
        vals = self._prepare_visit(user, plan, client, "call", at)
        return {**vals, "is_unplanned": True, "reasons": False, "proposed_week": False}

    def _carry_out(self, habit, vals, at, interval, random):
        """Let a visit of the past be done, late or not at all, as is the habit."""
        if at.date() >= self._today():
            return
        habit.done += habit.adherence
        if habit.done < 1:
            if random.random() < 0.4:
                vals.update(
                    decision="cancelled",
                    cancelled_at=at,
                    cancel_reason=random.choice(DROPPED),
                )
            else:
                vals["decision"] = "open"
            return
        habit.done -= 1
        habit.on_day += habit.punctual
        late = at + timedelta(days=1)
        if habit.on_day < 1 and late < self._get_now():
            vals["missed_reason"] = random.choice(LATE)
            self._report(vals, late, interval, random)
            return
        habit.on_day -= habit.on_day >= 1
        self._report(vals, at, interval, random)

    def _report(self, vals, at, interval, random):
        outcome, note, step = random.choice(REPORTS)
        purpose = self._ref(f"kam_visit_purpose_{random.choice(PURPOSES)}")
        vals.update(
            decision="done",
            date_done=at,
            outcome_id=self._ref(f"kam_visit_outcome_{outcome}").id,
            note=note,
            next_step=step,
            next_date=at.date() + timedelta(days=max(interval, 2)),
            purpose_ids=[(6, 0, purpose.ids)],
        )

    def _propose_next_week(self, habits, week):
        """Every week is proposed; two are submitted already."""
        plans = self.env["kam.visit.plan"].with_context(kam_history_import=False)
        plans = plans.create(
            [
                {"user_id": self._ref(f"user_{habit.login}").id, "week_start": week}
                for habit in habits
            ]
        )
        plans.action_generate()
        for plan in plans[::2]:
            plan.with_context(mail_activity_quick_update=True).action_submit()
