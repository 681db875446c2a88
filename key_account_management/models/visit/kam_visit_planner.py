from collections import defaultdict
from datetime import datetime, time, timedelta

from pytz import utc

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .kam_visit_kind import ON_SITE, VISITS
from .route import Site
from .week import DAY, Block, Day, Need, Week, count_dues, subtract

# Working hours where the company has no calendar, in minutes of the day.
OFFICE_HOURS = ((9 * 60, 13 * 60), (14 * 60, 18 * 60))
NO_DAY = frozenset((-1,))


class KamVisitPlanner(models.AbstractModel):
    """Proposes the weeks of many managers in a fixed number of queries.

    What is due is worked out here from records; how it fits into the days is
    :mod:`.week`, which knows no records. Works as superuser: the caller has checked
    the right to the plans.
    """

    _name = "kam.visit.planner"
    _description = "Planner of Visits"

    @api.model
    def _fill(self, plans):
        """Add to each plan what is due and not there, and list what does not fit."""
        visits, exceptions = [], []
        groups = plans.grouped(lambda plan: (plan.company_id, plan.week_start))
        for (company, week), group in groups.items():
            planner = self.with_company(company)
            for proposed, left in planner._propose(group, company, week):
                visits += proposed
                exceptions += left
        plans.unplanned_line_ids.unlink()
        self.env["kam.visit.plan.exception"].create(exceptions)
        quiet = {"mail_create_nolog": True, "mail_create_nosubscribe": True}
        return self.env["kam.visit"].with_context(**quiet).create(visits)

    def _propose(self, plans, company, week):
        """Return per plan the values of new visits and of what is left out.

        :param plans: plans of one company and week
        :return: iterator of (values of visits, values of exceptions)
        """
        users = plans.user_id
        stays = self.env["kam.visit.cover"]._get_stays(users, week)
        clients = self._get_clients(users | stays.absent_user_id, company)
        cover = self.env["kam.visit.cover"]._get_cover(stays, clients, week)
        existing = self._get_existing(users, clients, company, week)
        facts = self._get_facts(clients, existing, company, week)
        leads = self._get_leads(users, company, week)
        work = self._get_work(users, company, week)
        owned, taken = clients.grouped("manager_id"), existing.grouped("user_id")
        wanted = self._get_client_needs(clients, facts)
        shared = self.env["kam.visit.cover"]._share(wanted, cover, week)
        for plan in plans:
            user = plan.user_id
            own = owned.get(user, clients.browse())
            needs = self._make_needs(
                shared.get(user, []) + self._get_lead_needs(leads.get(user, {}), facts),
                facts["kinds"],
            )
            days = self._get_days(work[user], taken.get(user, ()), week)
            placed, left = self._get_packer(plan, days).place(list(needs))
            yield (
                [self._prepare_visit(plan, needs[n], start) for n, start in placed],
                self._prepare_exceptions(plan, [(needs[n], why) for n, why in left])
                + self._prepare_untiered(plan, own),
            )

    def _get_facts(self, clients, existing, company, week):
        """Return what is known of all clients, in one query each."""
        return {
            "week": week,
            "contacts": self._get_contacts(clients, company, week),
            "steps": self._get_next_steps("client_id", clients.ids, company, week),
            "reasons": self.env["kam.visit.plan"]._get_reasons(clients, week),
            "weights": self.env["kam.visit.reason"]._get_weights(),
            "kinds": self._get_kinds(),
            "met": existing.grouped(lambda v: (v.client_id.id, v.lead_id.id)),
        }

    def _get_packer(self, plan, days):
        user = plan.user_id
        return Week(
            days,
            (user.kam_visits_per_day, user.kam_calls_per_day),
            self._get_site(user.partner_id),
            plan.company_id.kam_visit_speed,
        )

    def _get_clients(self, users, company):
        return self.env["kam.client"].search(
            Domain("manager_id", "in", users.ids)
            & Domain("company_id", "in", (False, company.id))
            & (
                Domain("stage_id", "=", False)
                | Domain("stage_id.is_closed", "=", False)
            ),
            order="id",
        )

    def _get_kinds(self):
        """Return the first kind of each code."""
        kinds = self.env["kam.visit.kind"].search([("active", "=", True)])
        return {code: found[0] for code, found in kinds.grouped("code").items()}

    def _get_existing(self, users, clients, company, week):
        """Return the visits that the week has already, cancelled and moved ones too."""
        days = [week + timedelta(days=number) for number in range(7)]
        return self.env["kam.visit"].search(
            Domain("company_id", "=", company.id)
            & (
                Domain("user_id", "in", users.ids)
                | Domain("client_id", "in", clients.ids)
            )
            & (
                Domain("planned_day", "in", days)
                | Domain("done_day", "in", days)
                | Domain("proposed_week", "=", week)
            ),
            order="date_planned, id",
        )

    def _get_contacts(self, clients, company, week):
        """Return per client id the days of the last visit and of the last contact.

        Before the week; what is still to come before it counts as if it were done.
        """
        if not clients:
            return {}
        self.env["kam.visit"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT client_id, MAX(day) FILTER (WHERE kind_code IN %(visits)s),
                       MAX(day)
                  FROM (SELECT client_id, kind_code, CASE decision WHEN 'done'
                               THEN done_day ELSE planned_day END AS day
                          FROM kam_visit
                         WHERE client_id IN %(clients)s AND company_id = %(company)s
                           AND (decision = 'done'
                                OR decision = 'open' AND missed_at > %(now)s)) contact
                 WHERE day < %(week)s
              GROUP BY client_id
                """,
                visits=VISITS,
                clients=tuple(clients.ids),
                company=company.id,
                now=fields.Datetime.now(),
                week=week,
            )
        )
        return {client_id: days for client_id, *days in rows}

    def _get_next_steps(self, column, ids, company, week):
        """Return the next steps that are due up to Sunday, by client or lead id.

        Only that of the last report counts.
        """
        if not ids:
            return {}
        self.env["kam.visit"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT * FROM (
                    SELECT DISTINCT ON (%(column)s) %(column)s AS id, kind_code,
                           next_date, next_step, user_id
                      FROM kam_visit
                     WHERE decision = 'done' AND %(column)s IN %(ids)s
                       AND company_id = %(company)s
                  ORDER BY %(column)s, date_done DESC, id DESC) last
                 WHERE next_date <= %(sunday)s
                """,
                column=SQL.identifier(column),
                ids=tuple(ids),
                company=company.id,
                sunday=week + timedelta(days=6),
            )
        )
        return {row[0]: row[1:] for row in rows}

    def _get_leads(self, users, company, week):
        """Return the next steps of leads that are due, per user and lead."""
        visits = self.env["kam.visit"]._read_group(
            [
                ("user_id", "in", users.ids),
                ("company_id", "=", company.id),
                ("lead_id.active", "=", True),
                ("decision", "=", "done"),
            ],
            ["lead_id"],
        )
        leads = self.env["crm.lead"].browse(lead.id for (lead,) in visits)
        steps = self._get_next_steps("lead_id", leads.ids, company, week)
        found = defaultdict(dict)
        for lead in leads.filtered(lambda lead: lead.id in steps):
            *step, user_id = steps[lead.id]
            found[users.browse(user_id)][lead] = step
        return found

    def _get_client_needs(self, clients, facts):
        """Return what is due with each client as dicts of the values of a visit."""
        return [
            need
            for client in clients
            for need in self._get_needs(client, facts)
            if facts["kinds"].get(need["code"])
        ]

    def _get_needs(self, client, facts):
        week, weights = facts["week"], facts["weights"]
        met = facts["met"].get((client.id, False), ())
        needs = self._get_interval_needs(client, facts, met)
        reasons = list(facts["reasons"].get(client, ()))
        step = facts["steps"].get(client.id)
        if step and "next_step" in weights:
            reasons.append(self._get_step_reason(step, weights))
        if not needs and reasons and not met:
            code = step[0] if step and step[0] in VISITS else "call"
            needs.append(self._prepare_need(client, code, None, ()))
        if needs:
            first = needs[0]
            first["reasons"] = [*first["reasons"], *reasons]
            if step and week <= step[1]:
                first["day"] = (step[1] - week).days
                first["agenda"] = step[2]
        return needs

    def _get_step_reason(self, step, weights):
        figures = {"date": fields.Date.to_string(step[1]), "step": step[2]}
        return "next_step", weights["next_step"], figures

    def _get_interval_needs(self, client, facts, met):
        """What the intervals of the tier ask for and the week does not have yet.

        A visit keeps the call interval too, so it takes the place of a call.
        """
        week, weights = facts["week"], facts["weights"]
        tier = client.tier_id
        last_visit, last = facts["contacts"].get(client.id, (None, None))
        visited = sum(visit.kind_code in VISITS for visit in met)
        needs, count = [], 0
        for code, since, interval in (
            ("visit", last_visit, tier.visit_interval_days),
            ("call", last, tier.call_interval_days),
        ):
            dues = count_dues(since, interval, week)
            had = visited if code == "visit" else len(met) + count
            due = since and since + timedelta(days=interval)
            figures = {"date": due and fields.Date.to_string(due)}
            reason = (f"{code}_due", weights.get(f"{code}_due", 0), figures)
            for day in dues[had:]:
                need = self._prepare_need(client, code, day, (reason,))
                need["late"] = max(0, (week - due).days) if due else 0
                needs.append(need)
                count += 1
        return needs

    def _prepare_need(self, record, code, day, reasons):
        is_client = record._name == "kam.client"
        return {
            "client": record if is_client else self.env["kam.client"],
            "lead": self.env["crm.lead"] if is_client else record,
            "partner": record.main_partner_id if is_client else record.partner_id,
            "code": code,
            "day": day,
            "late": 0,
            "reasons": list(reasons),
            "agenda": False,
            "absent": self.env["res.users"],
            "days": frozenset(),
        }

    def _get_lead_needs(self, steps, facts):
        needs = []
        for lead, step in steps.items():
            if facts["met"].get((False, lead.id)) or step[0] not in facts["kinds"]:
                continue
            day = max(0, (step[1] - facts["week"]).days)
            reason = self._get_step_reason(step, {"next_step": 0, **facts["weights"]})
            need = self._prepare_need(lead, step[0], day, (reason,))
            needs.append({**need, "agenda": step[2]})
        return needs

    def _make_needs(self, wanted, kinds):
        """Return dict :class:`.week.Need` -> values, in the order of the clients."""
        needs = {}
        for order, vals in enumerate(wanted):
            kind = vals["kind"] = kinds[vals["code"]]
            vals["score"] = sum(weight for _code, weight, _figures in vals["reasons"])
            client = vals["client"]
            need = Need(
                key=(client.id, vals["lead"].id),
                order=order,
                is_on_site=kind.code in ON_SITE,
                duration=round(kind.duration * 60),
                score=vals["score"],
                late=vals["late"],
                day=vals["day"],
                site=self._get_site(vals["partner"]),
                days=self._get_possible_days(client, vals["days"]),
                hours=client._get_visit_hours(),
            )
            needs[need] = vals
        return needs

    def _get_possible_days(self, client, covered):
        """Return the days on which the client receives, of those of a substitution.

        :return: frozenset of 0 to 6; empty: any
        """
        receives = client._get_visit_days()
        if not covered or not receives:
            return covered or receives
        return covered & receives or NO_DAY

    def _get_site(self, partner):
        return Site(
            partner.partner_latitude, partner.partner_longitude, partner.zip or ""
        )

    def _get_days(self, work, visits, week):
        """Return the working days with what is free and what is taken by visits."""
        days = []
        for number, free in work.items():
            day = week + timedelta(days=number)
            blocks = [
                self._get_block(visit, week)
                for visit in visits
                if visit.planned_day == day and visit.decision != "cancelled"
            ]
            free = subtract(free, [(block.start, block.end) for block in blocks])
            if free:
                days.append(Day(number, free, blocks))
        return days

    def _get_block(self, visit, week):
        is_on_site = visit.kind_code in ON_SITE
        start = self._get_minute(visit.date_planned, visit.user_id, week)
        return Block(
            start=start,
            end=start + round(visit.duration * 60),
            site=self._get_site(visit.partner_id) if is_on_site else None,
            key=(visit.client_id.id, visit.lead_id.id),
            is_on_site=is_on_site,
        )

    def _get_minute(self, moment, user, week):
        """Return a UTC moment in local minutes since Monday."""
        if not moment.tzinfo:
            moment = utc.localize(moment)
        local = moment.astimezone(user._get_kam_zone()).replace(tzinfo=None)
        return int((local - datetime.combine(week, time.min)).total_seconds() // 60)

    def _get_moment(self, minute, user, week):
        """Return local minutes since Monday as a UTC moment."""
        local = datetime.combine(week, time.min) + timedelta(minutes=minute)
        zone = user._get_kam_zone()
        return zone.localize(local).astimezone(utc).replace(tzinfo=None)

    def _get_work(self, users, company, week):
        """Return per user the free working time of each day of the week.

        :return: dict user -> dict day number -> list of (start, end) in minutes
        """
        busy = self._get_busy(users, week)
        hours = {}
        work = {}
        for user in users:
            calendar = user.resource_calendar_id or company.resource_calendar_id
            key = calendar, user._get_kam_zone()
            if key not in hours:
                hours[key] = self._get_hours(calendar, user, week)
            past = (-DAY, self._get_minute(fields.Datetime.now(), user, week))
            taken = [past, *busy[user]]
            free = subtract(hours[key], taken)
            work[user] = defaultdict(list)
            for start, end in free:
                work[user][start // DAY].append((start, end))
        return work

    def _get_hours(self, calendar, user, week):
        """Return the working hours of the week, public holidays left out."""
        if not calendar:
            return [
                (day * DAY + start, day * DAY + end)
                for day in range(5)
                for start, end in OFFICE_HOURS
            ]
        zone = user._get_kam_zone()
        begin = zone.localize(datetime.combine(week, time.min))
        end = zone.localize(datetime.combine(week + timedelta(days=7), time.min))
        intervals = calendar._work_intervals_batch(begin, end, tz=zone)[False]
        return [
            (
                self._get_minute(start, user, week),
                self._get_minute(stop, user, week),
            )
            for start, stop, _records in intervals
        ]

    def _get_busy(self, users, week):
        """Return per user the minutes that leaves and meetings take."""
        begin = datetime.combine(week, time.min) - timedelta(days=1)
        end = begin + timedelta(days=9)
        busy = defaultdict(list)
        leaves = self.env["resource.calendar.leaves"].search(
            [
                ("resource_id.user_id", "in", users.ids),
                ("time_type", "=", "leave"),
                ("date_from", "<", end),
                ("date_to", ">", begin),
            ]
        )
        for leave in leaves:
            user = leave.resource_id.user_id
            busy[user].append(
                (
                    self._get_minute(leave.date_from, user, week),
                    self._get_minute(leave.date_to, user, week),
                )
            )
        self._add_meetings(busy, users, begin, end, week)
        stays = self.env["kam.visit.cover"]._get_stays(users, week)
        for stay in stays.filtered(lambda stay: stay.absent_user_id in users):
            user = stay.absent_user_id
            moments = stay.start_at, stay.end_at
            busy[user].append(tuple(self._get_minute(m, user, week) for m in moments))
        return busy

    def _add_meetings(self, busy, users, begin, end, week):
        """Meetings of the calendar; those of visits are known as visits."""
        by_partner = {user.partner_id: user for user in users}
        events = self.env["calendar.event"].search(
            [
                ("partner_ids", "in", users.partner_id.ids),
                ("start", "<", end),
                ("stop", ">", begin),
                ("show_as", "=", "busy"),
                ("kam_visit_ids", "=", False),
            ]
        )
        for event in events:
            for partner in event.partner_ids & users.partner_id:
                user = by_partner[partner]
                busy[user].append(self._get_meeting(event, user, week))

    def _get_meeting(self, event, user, week):
        if event.allday:
            first = (event.start_date - week).days
            last = (event.stop_date - week).days
            return first * DAY, (last + 1) * DAY
        return (
            self._get_minute(event.start, user, week),
            self._get_minute(event.stop, user, week),
        )

    def _prepare_visit(self, plan, vals, start):
        return {
            "plan_id": plan.id,
            "company_id": plan.company_id.id,
            "user_id": plan.user_id.id,
            "client_id": vals["client"].id,
            "lead_id": vals["lead"].id,
            "on_behalf_of_id": vals["absent"].id,
            "partner_id": vals["partner"].id,
            "kind_id": vals["kind"].id,
            "date_planned": self._get_moment(start, plan.user_id, plan.week_start),
            "duration": vals["kind"].duration,
            "agenda": vals["agenda"],
            "is_locked": False,
            "proposed_week": plan.week_start,
            "score": vals["score"],
            "reasons": self._get_stored(vals),
        }

    def _get_stored(self, vals):
        ranked = sorted(vals["reasons"], key=lambda reason: -reason[1])
        return [[code, figures] for code, _weight, figures in ranked]

    def _prepare_exceptions(self, plan, left):
        """One line for each client or lead, with the reasons of his first contact."""
        lines = {}
        for vals, why in left:
            key = vals["client"].id, vals["lead"].id
            if key in lines:
                lines[key]["count"] += 1
                continue
            lines[key] = {
                "plan_id": plan.id,
                "client_id": vals["client"].id,
                "lead_id": vals["lead"].id,
                "kind_id": vals["kind"].id,
                "reason": why,
                "count": 1,
                "score": vals["score"],
                "reasons": self._get_stored(vals),
            }
        return list(lines.values())

    def _prepare_untiered(self, plan, clients):
        return [
            {
                "plan_id": plan.id,
                "client_id": client.id,
                "reason": "no_tier",
                "count": 0,
            }
            for client in clients
            if not client.tier_id
        ]
