"""A manager in Moscow with clients to visit."""

from datetime import date, datetime, timedelta

from ..common import ADDON, KamCommon

MONDAY = date(2026, 7, 6)
FRIDAY_BEFORE = "2026-07-03 12:00:00"
REPORT = {"next_step": "Call again", "next_date": date(2026, 12, 31)}


class VisitCase(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.kam, cls.other_kam, cls.head):
            user.tz = "Europe/Moscow"
        cls.kind, cls.call_kind = (
            cls.ref("kam_visit_kind_visit"),
            cls.ref("kam_visit_kind_call"),
        )
        cls.outcome = cls.ref("kam_visit_outcome_agreed")
        cls.tier = cls.make_tier("Weekly", 7, 0)

    @classmethod
    def ref(cls, name):
        return cls.env.ref(f"{ADDON}.{name}")

    @classmethod
    def make_tier(cls, name, visits, calls, **vals):
        return cls.env["kam.tier"].create(
            {
                "name": name,
                "visit_interval_days": visits,
                "call_interval_days": calls,
                **vals,
            }
        )

    @classmethod
    def make_visit(cls, client=None, user=None, at=None, kind=None, **vals):
        """A visit as its manager enters it; ``at`` is UTC."""
        if client:
            vals["client_id"] = client.id
        if at:
            vals["date_planned"] = at
        kind = kind or cls.kind
        visits = cls.env["kam.visit"].with_user(user or cls.kam)
        return visits.create({"kind_id": kind.id, **vals})

    @classmethod
    def make_done(cls, client, at, kind=None, **vals):
        """A visit of the past, as history is loaded."""
        manager = client.manager_id or cls.kam
        return cls.env["kam.visit"].create(
            {
                "client_id": client.id,
                "user_id": manager.id,
                "kind_id": (kind or cls.kind).id,
                "date_planned": at,
                "date_done": at,
                "decision": "done",
                "outcome_id": cls.outcome.id,
                **REPORT,
                **vals,
            }
        )

    @classmethod
    def finish(cls, visit, **vals):
        visit.write({"outcome_id": cls.outcome.id, **REPORT, **vals})
        return visit.action_done()

    @classmethod
    def make_plan(cls, user=None, week=MONDAY, **vals):
        user = user or cls.kam
        plans = cls.env["kam.visit.plan"].with_user(user)
        return plans.create({"user_id": user.id, "week_start": week, **vals})

    @classmethod
    def at(cls, day, hour=9):
        """A UTC moment on a day of the week of MONDAY."""
        start = datetime.combine(MONDAY, datetime.min.time())
        return start + timedelta(days=day, hours=hour)
