import random
from dataclasses import dataclass

from odoo import models
from odoo.tools import float_round

from .market import SEED, compose


@dataclass(frozen=True)
class Story:
    """An order of today that goes through the gate as its people take it there.

    The amount is given, or follows from what is free of the limit.

    :param partner: key of the partner
    :param part: amount as a part of the headroom
    :param beyond: amount by which the headroom is exceeded
    :param terms: external identifier of a payment term, if not the usual one
    :param ask: comment with which the manager asks for release
    :param answer: ``release`` or ``reject``
    :param by: login of the one who answers
    """

    partner: str
    amount: int = 0
    part: float = 0.0
    beyond: int = 0
    terms: str = ""
    ask: str = ""
    answer: str = ""
    by: str = ""
    reason: str = ""


STORIES = (
    Story("severny", part=0.25),
    Story("severny", part=0.2, terms="account.account_payment_term_45days"),
    Story(
        "severny",
        beyond=30000,
        ask="Two shops open on Friday; the client pays 40,000 tomorrow.",
    ),
    Story(
        "lukomorye",
        amount=48000,
        ask="Dairy runs out at the weekend; the arrears are promised for Tuesday.",
        answer="release",
        by="credit",
        reason="Payment order seen; perishable goods only.",
    ),
    Story(
        "lukomorye",
        amount=95000,
        ask="The promotion starts on Monday.",
        answer="reject",
        by="head_north",
        reason="Nothing for promotions before the disputed invoice is settled.",
    ),
    Story(
        "lukomorye_express",
        amount=240000,
        ask="Stock for three new shops; the owner vouches for it in writing.",
    ),
    Story(
        "samobranka",
        amount=36000,
        ask="School canteens open; the papers for the new limit come this week.",
        answer="reject",
        by="credit",
        reason="The line has run out: the balance sheet of last quarter first.",
    ),
    Story("samobranka", amount=14000),
    Story("kalinka", amount=22000),
    Story(
        "terem",
        amount=18000,
        ask="First order on account; the hotel is full until the end of the month.",
        answer="release",
        by="credit",
        reason="Small, and they have always paid on delivery.",
    ),
    Story("terem", amount=31000),
    Story("amberline", part=0.3),
    Story("karavay", part=0.3, terms="account.account_payment_term_45days"),
    Story("yarmarka", part=0.2),
    Story(
        "vershina",
        beyond=60000,
        ask="Two halls are being refitted; the line is to be renewed this month.",
    ),
    Story(
        "rusalka",
        beyond=12000,
        ask="The banquet season begins; they have never been late.",
        answer="release",
        by="credit",
        reason="Never late in two years; the limit is under review.",
    ),
    Story(
        "solovey",
        beyond=40000,
        ask="They take the whole wagon or nothing.",
        answer="reject",
        by="head_north",
        reason="Half a wagon fits the limit; offer that.",
    ),
    Story("okolitsa", part=0.1),
)


class KamDemoStories(models.AbstractModel):
    """Plays the stories: the real gate, by the real users."""

    _name = "kam.demo.stories"
    _description = "Demo: Orders of Today"
    _inherit = ["kam.demo.mixin"]

    def _create_stories(self):
        goods = self.env["kam.demo.documents"]._get_goods()
        for number, story in enumerate(STORIES):
            lines = compose(
                self._get_story_amount(story),
                goods,
                random.Random(f"{SEED} story {number}"),
            )
            order = self._create_story_order(story, lines)
            order.action_confirm()
            self._answer_story(story, order)

    def _get_story_amount(self, story):
        """Return the amount of the order, in tens."""
        if story.amount:
            return story.amount
        line = self._ref(f"partner_{story.partner}").kam_client_id.credit_line_id
        line.invalidate_recordset(["headroom"])
        free = max(line.headroom, 0)
        method = "UP" if story.beyond else "DOWN"
        amount = free * story.part or free + story.beyond
        return int(float_round(amount, precision_rounding=10, rounding_method=method))

    def _create_story_order(self, story, lines):
        partner = self._ref(f"partner_{story.partner}")
        manager = partner.kam_client_id.manager_id
        documents = self.env["kam.demo.documents"]
        vals = {
            "partner_id": partner.id,
            "order_line": documents._prepare_order_lines(lines),
        }
        if story.terms:
            vals["payment_term_id"] = self.env.ref(story.terms).id
        return self._as_user(manager)["sale.order"].create(vals)

    def _answer_story(self, story, order):
        """Ask, answer and confirm what was released."""
        if story.ask:
            order.action_credit_request(story.ask)
        if not story.answer:
            return
        judge = self._as_user(self._ref(f"user_{story.by}"))
        decision = judge["kam.credit.decision"].browse(order.credit_decision_id.id)
        getattr(decision, f"action_{story.answer}")(story.reason)
        if story.answer == "release":
            order.action_confirm()
