from dataclasses import dataclass
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools import SQL

OWNED_SINCE = 24  # months
# What the runs ask of a key client, in percent of the company's margin.
SHARES = {"key_share": 1.5, "keep_share": 0.6}


@dataclass(frozen=True)
class HandOver:
    """A client changes hands; days are before today, those to come negative."""

    client: str
    manager: str
    days: int
    reason: str


@dataclass(frozen=True)
class Answer:
    """What a head decides on a proposal of a classification run.

    :param by: login of the head
    :param customer: external identifier of a client or a partner
    :param answer: ``accept`` or ``refuse``
    """

    by: str
    customer: str
    answer: str


@dataclass(frozen=True)
class Prospect:
    """An opportunity; the deadline is in days after today."""

    partner: str
    name: str
    revenue: int
    days: int
    stage: str = "crm.stage_lead1"


@dataclass(frozen=True)
class Task:
    """What a manager is to do next for his client, in days after today."""

    client: str
    kind: str
    summary: str
    days: int


HAND_OVERS = (
    HandOver("solovey", "kam_anna", 240, "Boris looks after the clients abroad."),
    HandOver("yarmarka", "kam_vera", 150, "Gleb opens up the coast."),
    HandOver("okolitsa", "kam_vera", -14, "Vera takes the Volga region over."),
)
# Until four months ago; the rest of that run counts as refused.
FINISHED = (
    Answer("head_south", "kam_client_zarya", "accept"),
    Answer("head_north", "partner_veter", "refuse"),
)
# Until the end of last month; the rest of that run is still to be decided.
OPEN = (Answer("head_south", "partner_hlebosol", "refuse"),)

PROSPECTS = (
    Prospect("azbuka", "Frozen food for thirty supermarkets", 420000, 40),
    Prospect("azbuka_retail", "Own label: oat flakes", 160000, 75, "crm.stage_lead2"),
    Prospect("severny", "Dairy, now from a competitor", 230000, 25, "crm.stage_lead3"),
    Prospect("lukomorye", "Summer drinks", 180000, 60, "crm.stage_lead2"),
    Prospect("samobranka", "School year, six towns", 310000, 30, "crm.stage_lead3"),
    Prospect("terem", "All hotels of the coast", 90000, 15, "crm.stage_lead2"),
    Prospect("amberline", "Canned fish for the islands", 120000, 50),
    Prospect("rusalka", "Banquet hall on the canal", 45000, 12, "crm.stage_lead3"),
    Prospect("solovey", "Promotion shelf, confectionery", 150000, 20),
    Prospect("berestye", "Second warehouse", 260000, 90, "crm.stage_lead2"),
    Prospect("karavay", "Butter and cocoa", 140000, 35, "crm.stage_lead2"),
    Prospect("yarmarka", "Contract for the next year", 900000, 45, "crm.stage_lead3"),
    Prospect("vershina", "Refitted halls: opening stock", 240000, 10),
    Prospect("hlebosol", "Canteens of the shipyard", 85000, 28),
)
CALL, MEETING = "mail.mail_activity_data_call", "mail.mail_activity_data_meeting"
TASKS = (
    Task("azbuka", MEETING, "Range review of the season", 4),
    Task("severny", CALL, "Payment of 40,000 promised for tomorrow", 1),
    Task("lukomorye", CALL, "Disputed invoice: what is missing?", -3),
    Task("samobranka", CALL, "Balance sheet for the new limit", 0),
    Task("terem", MEETING, "Terms of a first credit line", 9),
    Task("yarmarka", MEETING, "Quarterly talks with the owner", 16),
    Task("vershina", CALL, "Papers to renew the credit line", 2),
    Task("okolitsa", MEETING, "Introduce Vera", 11),
)


class KamDemoClients(models.AbstractModel):
    """Who owned, judged and courts the clients, done by the heads themselves."""

    _name = "kam.demo.clients"
    _description = "Demo: Owners and Classes of Clients"
    _inherit = ["kam.demo.mixin"]

    def _create_owners(self):
        """Begin the owner history two years ago, and hand some clients over."""
        clients = self.env["kam.client"].search([("partner_ids", "!=", False)])
        begin = self._today() - relativedelta(months=OWNED_SINCE, day=1)
        self.env.flush_all()
        # Nobody may write the history of owners: clients of demo data are new today.
        self.env.cr.execute(
            SQL(
                "UPDATE kam_assignment SET date_from = %s WHERE client_id IN %s",
                begin,
                tuple(clients.ids),
            )
        )
        self.env.invalidate_all()
        for plan in HAND_OVERS:
            if plan.days > 0:
                self._hand_over(plan)

    def _hand_over(self, plan):
        client = self._ref(f"kam_client_{plan.client}")
        client.with_env(self._as_user(client.team_id.user_id)).action_hand_over(
            self._ref(f"user_{plan.manager}"),
            self._today() - timedelta(days=plan.days),
            plan.reason,
        )

    def _create_classifications(self):
        """A finished run and one to decide, if the history is long enough."""
        if self._get_months() < OWNED_SINCE:
            return
        month = self._today().replace(day=1)
        finished = self._create_run("head_south", month - relativedelta(months=3))
        self._decide(finished, FINISHED)
        finished.action_done()
        self._decide(self._create_run("head_north", month), OPEN)

    def _create_run(self, login, end):
        """Return a run of the twelve months before a day, computed by a head."""
        head = self._as_user(self._ref(f"user_{login}"))
        runs = head["kam.classification"].with_context(lang="en_US")
        run = runs.create(
            {
                "date_from": end - relativedelta(years=1),
                "date_to": end - timedelta(days=1),
                **SHARES,
            }
        )
        run.action_compute()
        return run

    def _decide(self, run, answers):
        for answer in answers:
            customer = self._ref(answer.customer)
            field = "client_id" if customer._name == "kam.client" else "partner_id"
            line = run.line_ids.filtered(
                lambda line, field=field, customer=customer: (
                    line.decision == "waiting" and line[field].id == customer.id
                )
            )
            judge = self._as_user(self._ref(f"user_{answer.by}"))
            for item in line.with_env(judge):
                getattr(item, f"action_{answer.answer}")()

    def _create_outlook(self):
        """What is planned: hand-overs, opportunities, next steps."""
        for plan in HAND_OVERS:
            if plan.days < 0:
                self._hand_over(plan)
        self.env["crm.lead"].create([self._prepare_lead(plan) for plan in PROSPECTS])
        for task in TASKS:
            client = self._ref(f"kam_client_{task.client}")
            client.with_context(mail_activity_quick_update=True).activity_schedule(
                task.kind,
                date_deadline=self._today() + timedelta(days=task.days),
                summary=task.summary,
                user_id=client.manager_id.id,
            )
        self._change_lines()

    def _prepare_lead(self, plan):
        partner = self._ref(f"partner_{plan.partner}")
        client = partner.kam_client_id
        return {
            "name": plan.name,
            "type": "opportunity",
            "partner_id": partner.id,
            "user_id": (client.manager_id or self._ref("user_support")).id,
            "team_id": client.team_id.id,
            "expected_revenue": plan.revenue,
            "date_deadline": self._today() + timedelta(days=plan.days),
            "stage_id": self.env.ref(plan.stage).id,
        }

    def _change_lines(self):
        """The director changes some credit lines, with reasons."""
        director = self._as_user(self._ref("user_director"))
        until = self._today() + timedelta(days=45)
        for key, vals, reason in (
            ("karavay", {"limit": 300000}, "Two years without a late payment."),
            (
                "yarmarka",
                {"temporary_limit": 700000, "temporary_until": until},
                "Stock for the season.",
            ),
            ("vershina", {"risk_class": "c"}, "Orders less every month."),
        ):
            line = self._ref(f"kam_credit_line_{key}").with_env(director)
            line.action_set(vals, reason)
