"""Every role, and a record of every model of ours, for tests of rights.

The records belong to the client of ``kam`` in the team of ``head``.
"""

from datetime import date, timedelta
from itertools import count

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user

from ..common import ADDON, MAIL_OFF

NUMBERS = count()
MONTHS = count()

# Roles with a group of ours, then those without.
OURS = (
    "kam",
    "other_kam",
    "support",
    "controller",
    "head",
    "other_head",
    "director",
    "administrator",
)
OTHERS = {
    "salesman": "sales_team.group_sale_salesman",
    "salesman_all": "sales_team.group_sale_salesman_all_leads",
    "employee": "base.group_user",
    "accountant": "account.group_account_manager,account.group_account_user",
    "portal": "base.group_portal",
    "public": "base.group_public",
}
NAMES = (*OURS, *OTHERS)

# What each role may do with such a record: create, read, write, unlink.
# A role that is not named may do nothing, nor does it find the record.
SEEN = dict.fromkeys(
    ("kam", "support", "controller", "head", "director", "administrator"), "r"
)
SHARED = dict.fromkeys(OURS, "r")
# Dialogs are opened on records that their user may read.
DIALOG = dict.fromkeys(("controller", "head", "director"), "c")
DECIDERS = dict.fromkeys(("controller", "director", "administrator"), "c")
STARTERS = dict.fromkeys(("director", "administrator"), "c")
CHECKERS = tuple(name for name in SEEN if name != "support")
RENEWERS = ("controller", "director", "administrator")
HEADS = ("head", "other_head", "director", "administrator")
PLANNERS = ("kam", "other_kam", *HEADS)
VISITORS = ("kam", "head", "director", "administrator")
SUPERIORS = ("head", "director", "administrator")
MANAGERS = tuple(name for name in OURS if name not in ("support", "controller"))
CARDS = dict.fromkeys(("kam", "head", "director", "administrator"), "r")
PLANNED = {"kam": "r", **dict.fromkeys(SUPERIORS, "crwu")}
CRITERIA = {
    **dict.fromkeys(MANAGERS, "r"),
    "director": "crw",
    "administrator": "crwu",
}
SCHEMES_LINES = {**CARDS, "director": "crwu", "administrator": "crwu"}
RIGHTS = {
    "kam.assignment": SEEN,
    "kam.classification": {**dict.fromkeys(HEADS, "crw"), "administrator": "crwu"},
    "kam.classification.line": dict.fromkeys(HEADS, "r"),
    "kam.client": {
        "kam": "rw",
        "support": "r",
        "controller": "r",
        "head": "crw",
        "director": "crw",
        "administrator": "crwu",
    },
    "kam.client.dissolve": dict.fromkeys(HEADS[:1] + HEADS[2:], "c"),
    "kam.client.hand.over": dict.fromkeys(HEADS[:1] + HEADS[2:], "c"),
    "kam.client.make": dict.fromkeys(HEADS, "c"),
    "kam.cockpit": dict.fromkeys(HEADS, "c"),
    "kam.cockpit.line": dict.fromkeys(SUPERIORS, "c"),
    "kam.collection": {
        **SEEN,
        **dict.fromkeys(("controller", "head", "director", "administrator"), "rw"),
    },
    "kam.collection.call": dict.fromkeys(CHECKERS, "c"),
    "kam.collection.forward": {**DIALOG, "administrator": "c"},
    "kam.collection.letter": SEEN,  # written by its buttons only
    "kam.collection.letter.drop": DECIDERS,
    "kam.collection.letter.line": SEEN,
    "kam.collection.pause": {**DIALOG, "administrator": "c"},
    "kam.collection.stage": {**SHARED, "administrator": "crwu"},
    "kam.collection.start": STARTERS,
    "kam.collection.start.line": STARTERS,
    "kam.collection.step": SEEN,
    "kam.credit.authority": {**SHARED, "administrator": "crwu"},
    "kam.credit.check": dict.fromkeys(CHECKERS, "crwu"),
    "kam.credit.check.factor": dict.fromkeys(CHECKERS, "rw"),
    "kam.credit.check.lower": {**DIALOG, "administrator": "c"},
    "kam.credit.check.reject": {**DIALOG, "administrator": "c"},
    "kam.credit.check.step": dict.fromkeys(CHECKERS, "r"),
    "kam.credit.class": {**SHARED, "administrator": "crwu"},
    "kam.credit.decision": SEEN,
    "kam.credit.decision.reject": {**DIALOG, "administrator": "c"},
    "kam.credit.decision.release": {**DIALOG, "administrator": "c"},
    "kam.credit.document": {name: "crwu" for name in CHECKERS if name != "head"},
    "kam.credit.document.type": {**SHARED, "administrator": "crwu"},
    "kam.credit.exposure": SEEN,
    "kam.credit.factor": {**SHARED, "administrator": "crwu"},
    "kam.credit.factor.range": {**SHARED, "administrator": "crwu"},
    "kam.credit.history": SEEN,
    "kam.credit.line": {
        **SEEN,
        "controller": "crw",
        "director": "crw",
        "administrator": "crwu",
    },
    "kam.credit.line.change": {
        name: right for name, right in SEEN.items() if name != "support"
    },
    "kam.credit.line.set": {
        "controller": "c",
        "director": "c",
        "administrator": "c",
    },
    "kam.credit.lock": {"administrator": "r"},
    "kam.credit.policy": {**SHARED, "director": "crw", "administrator": "crwu"},
    "kam.credit.reason": SEEN,
    "kam.credit.renewal": dict.fromkeys(RENEWERS, "crwu"),
    "kam.credit.renewal.line": dict.fromkeys(RENEWERS, "crwu"),
    "kam.credit.request": SEEN,
    "kam.credit.snapshot": SEEN,
    "kam.credit.task": {"administrator": "r"},
    "kam.credit.resolution": SEEN,
    "kam.growth.exclusion": {"head": "r", **dict.fromkeys(STARTERS, "cru")},
    "kam.kpi": CRITERIA,
    "kam.kpi.range": CRITERIA,
    "kam.move.manager": dict.fromkeys(SUPERIORS, "c"),
    "kam.growth": dict.fromkeys(MANAGERS, "c"),
    "kam.pay.corrector": SCHEMES_LINES,
    "kam.pay.scheme": {**CARDS, "director": "crw", "administrator": "crwu"},
    "kam.pay.simulation": dict.fromkeys(CARDS, "c"),
    "kam.plan.chart": CARDS,
    "kam.plan.report": CARDS,
    "kam.receivable.aging": dict.fromkeys(OURS, "c"),
    "kam.receivable.payment": SEEN,
    "kam.receivable.report": SEEN,
    "kam.reconciliation": {
        **SEEN,
        "kam": "crwu",
        "controller": "crwu",
        "director": "crwu",
        "administrator": "crwu",
    },
    "kam.reconciliation.line": SEEN,
    "kam.reconciliation.prepare": {
        "controller": "c",
        "director": "c",
        "administrator": "c",
    },
    "kam.dispute": {name: "r" if name == "support" else "cr" for name in SEEN},
    "kam.dispute.answer": {**DIALOG, "administrator": "c"},
    "kam.promise": {name: "r" if name == "support" else "cr" for name in SEEN},
    "kam.promise.cancel": dict.fromkeys(CHECKERS, "c"),
    "kam.promise.plan": {**DIALOG, "administrator": "c"},
    "kam.promise.plan.line": {**DIALOG, "administrator": "c"},
    "kam.remark": {
        "kam": "r",
        **dict.fromkeys(("support", "controller", "other_head"), "c"),
        **dict.fromkeys(("head", "director", "administrator"), "cr"),
    },
    "kam.remark.answer": dict.fromkeys(CARDS, "c"),
    "kam.sales.forecast": CARDS,
    "kam.report.duty": {
        **dict.fromkeys(MANAGERS, "r"),
        "director": "crw",
        "administrator": "crwu",
    },
    "kam.report.instance": {**CARDS, "kam": "rw"},
    "kam.report.return": dict.fromkeys(SUPERIORS, "c"),
    "kam.sales.plan": PLANNED,
    "kam.sales.plan.approve": STARTERS,
    "kam.sales.plan.fill": dict.fromkeys(SUPERIORS, "c"),
    "kam.sales.plan.grid": dict.fromkeys(SUPERIORS, "c"),
    "kam.sales.plan.grid.line": dict.fromkeys(SUPERIORS, "c"),
    "kam.sales.plan.line": PLANNED,
    "kam.sales.plan.split": dict.fromkeys(SUPERIORS, "c"),
    "kam.sales.report": SEEN,
    "kam.scorecard": CARDS,
    "kam.scorecard.close": dict.fromkeys(SUPERIORS, "c"),
    "kam.scorecard.correction": CARDS,
    "kam.scorecard.entry": CARDS,
    "kam.scorecard.line": CARDS,
    "kam.stage": {**SHARED, "administrator": "crwu"},
    "kam.substitution": {
        **dict.fromkeys(("kam", "support", "controller"), "r"),
        **dict.fromkeys(("head", "director", "administrator"), "crwu"),
    },
    "kam.substitution.transfer": dict.fromkeys(
        ("head", "director", "administrator"), "c"
    ),
    "kam.tier": {**SHARED, "administrator": "crwu"},
    "kam.visit": {**dict.fromkeys(VISITORS, "crw"), "administrator": "crwu"},
    "kam.visit.cancel": dict.fromkeys(VISITORS, "c"),
    "kam.visit.finish": dict.fromkeys(VISITORS, "c"),
    "kam.visit.kind": {**dict.fromkeys(PLANNERS, "r"), "administrator": "crwu"},
    "kam.visit.outcome": {**dict.fromkeys(PLANNERS, "r"), "administrator": "crwu"},
    "kam.visit.plan": dict.fromkeys(VISITORS, "crwu"),
    "kam.visit.plan.exception": dict.fromkeys(VISITORS, "r"),
    "kam.visit.plan.report": dict.fromkeys(VISITORS, "r"),
    "kam.visit.plan.return": dict.fromkeys(VISITORS[1:], "c"),
    "kam.visit.purpose": {**dict.fromkeys(PLANNERS, "r"), "administrator": "crwu"},
    "kam.visit.reason": {**dict.fromkeys(PLANNERS, "r"), "administrator": "crwu"},
    "sale.order.credit.close": {**DIALOG, "administrator": "c"},
    "sale.order.credit.cut": dict.fromkeys(
        (name for name in SEEN if name != "controller"), "c"
    ),
    "sale.order.credit.cut.line": dict.fromkeys(
        (name for name in SEEN if name != "controller"), "c"
    ),
    "sale.order.credit.request": dict.fromkeys(
        (name for name in SEEN if name != "controller"), "c"
    ),
    "sale.order.followup": dict.fromkeys(
        (name for name in SEEN if name != "controller"), "c"
    ),
}


def own_models(env):
    """Names of the models of the addon that have records."""
    return sorted(
        name
        for name, model in env.registry.items()
        if model._original_module == ADDON and not model._abstract
    )


class Roles:
    """Adds all roles and samples of all models to a class with ``KamFactory``."""

    opener = None

    @classmethod
    def setup_roles(cls):
        for name, groups in OTHERS.items():
            user = new_test_user(
                cls.env,
                f"kam_role_{name}",
                groups=groups,
                context=MAIL_OFF,
                name=f"Role {name}",
                email=f"{name}@example.com",
            )
            setattr(cls, name, user)
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.people = {name: getattr(cls, name) for name in NAMES}
        export = cls.env.ref("base.group_allow_export")
        for user in cls.people.values():
            if user._is_internal():
                user.group_ids = [Command.link(export.id)]
        cls.setup_samples()

    @classmethod
    def setup_samples(cls):
        """A client with everything: lines, decisions, requests, releases, changes."""
        cls.client_a = cls.make_limited(1000, name="Client of Ann")
        cls.partner_a = cls.client_a.partner_ids
        cls.line_a = cls.client_a.credit_line_ids
        cls.line_a.with_user(cls.controller).action_set({"limit": 1001}, "More")
        released = cls.make_held(1500)
        released.with_user(cls.kam).action_credit_request("Please")
        decision = released.credit_decision_id
        decision.with_user(cls.controller).action_release("Good")
        cls.order_a = cls.make_held(1600)
        cls.order_a.with_user(cls.kam).action_credit_request("Please")
        cls.decision_a = cls.order_a.credit_decision_id
        cls.confirmed_a = cls.make_confirmed(cls.partner_a, 200)
        cls.invoice_a = cls.make_invoice(cls.partner_a, 100)
        cls.pay(1, partner=cls.partner_a)
        cls.case_a = cls.env["kam.collection"].create(
            {
                "client_id": cls.client_a.id,
                "company_id": cls.company.id,
                "date_opened": cls.today,
            }
        )
        cls.env["kam.collection.step"]._log(cls.case_a, "open", "Overdue")
        cls.env["kam.credit.class"].search([("risk_class", "=", "e")]).unlink()
        cls.check_a = cls.env["kam.credit.check"].create(
            {
                "client_id": cls.client_a.id,
                "company_id": cls.company.id,
                "requested_limit": 10,
            }
        )
        cls.letter_a = cls.env["kam.collection.letter"].create(cls.letter_vals())
        cls.promise_a = cls.env["kam.promise"].create(cls.promise_vals())
        cls.dispute_a = cls.env["kam.dispute"].create(cls.dispute_vals())
        cls.env["kam.credit.snapshot"]._fill(cls.company, cls.today, cls.today)
        cls.plan_a = cls.env["kam.visit.plan"].create(cls.plan_vals())
        cls.visit_a = cls.env["kam.visit"].create(cls.visit_vals())
        cls.setup_performance()
        cls.env.flush_all()

    @classmethod
    def plan_vals(cls):
        """A week of its own for each, whoever makes it."""
        week = date(2030, 1, 7) + timedelta(days=7 * next(NUMBERS))
        return {"user_id": cls.kam.id, "week_start": str(week)}

    @classmethod
    def visit_vals(cls):
        kind = cls.env["kam.visit.kind"].search([], limit=1)
        return {
            "client_id": cls.client_a.id,
            "user_id": cls.kam.id,
            "kind_id": kind.id,
            "date_planned": "2030-01-07 09:00:00",
        }

    @classmethod
    def setup_performance(cls):
        """A plan, a card and a remark of the manager."""
        cls.target_a = cls.env["kam.sales.plan"].create(cls.target_vals())
        cls.remark_a = cls.env["kam.remark"].create(cls.remark_vals())
        month = cls.today.replace(day=1)
        cards = cls.env["kam.scorecard"]._make_cards(cls.company, month)
        cards._compute_cards()
        cls.card_a = cards.filtered(lambda card: card.user_id == cls.kam)
        cls.setup_pay()
        cls.forecast_a = cls.env["kam.sales.forecast"].create(cls.forecast_vals())

    @classmethod
    def setup_pay(cls):
        """A scheme, a correction and a report of the manager."""
        cls.scheme_a = cls.env["kam.pay.scheme"].create(cls.scheme_vals())
        cls.correction_a = cls.env["kam.scorecard.correction"].create(
            cls.forged_vals("kam.scorecard.correction")
        )
        cls.report_a = cls.env["kam.report.instance"].create(cls.report_vals())

    @classmethod
    def scheme_vals(cls):
        """A month of its own for each scheme of the manager."""
        month = date(2040, 1, 1) + relativedelta(months=next(MONTHS))
        return {
            "user_id": cls.kam.id,
            "company_id": cls.company.id,
            "date_from": str(month),
            "date_to": str(month),
            "amount": 100,
        }

    @classmethod
    def report_vals(cls):
        duty = cls.env["kam.report.duty"].create({"name": "Report on debts"})
        return {
            "duty_id": duty.id,
            "user_id": cls.kam.id,
            "period_from": "2030-01-01",
            "period_to": "2030-01-31",
            "date_due": "2030-02-01 17:00:00",
            "day_due": "2030-02-01",
        }

    @classmethod
    def target_vals(cls):
        """A month of its own for each plan of the manager."""
        month = cls.today.replace(day=1) + relativedelta(months=next(MONTHS))
        return {
            "company_id": cls.company.id,
            "team_id": cls.team.id,
            "user_id": cls.kam.id,
            "period": "month",
            "date_from": str(month),
        }

    @classmethod
    def forecast_vals(cls):
        """A checkpoint of its own for each forecast of the manager."""
        month = cls.today.replace(day=1)
        return {
            "user_id": cls.kam.id,
            "team_id": cls.team.id,
            "company_id": cls.company.id,
            "month": str(month),
            "checkpoint": 100 + next(NUMBERS),
            "date": str(cls.today),
        }

    @classmethod
    def one_off_vals(cls):
        order = cls.make_confirmed(cls.partner_a, 5)
        return {"order_id": order.id, "reason": "Fair"}

    @classmethod
    def target_line_vals(cls):
        plan = cls.env["kam.sales.plan"].create(cls.target_vals())
        return {"plan_id": plan.id, "month": str(plan.date_from), "target": 5}

    @classmethod
    def remark_vals(cls):
        return {
            "company_id": cls.company.id,
            "kind": "department",
            "author_department": "Support",
            "user_id": cls.kam.id,
            "fact": "Late papers",
        }

    @classmethod
    def kpi_vals(cls):
        day = cls.day(400 + next(NUMBERS))
        return {"name": "Next", "code": "growth", "weight": 1, "date_from": str(day)}

    @classmethod
    def promise_vals(cls):
        return {
            "client_id": cls.client_a.id,
            "company_id": cls.company.id,
            "amount": 10,
            "date": str(cls.today),
        }

    @classmethod
    def letter_vals(cls):
        line = {"name": "Sample", "date_maturity": str(cls.today), "amount": 1}
        return {
            "client_id": cls.client_a.id,
            "partner_id": cls.partner_a.id,
            "company_id": cls.company.id,
            "stage_id": cls.env.ref(f"{ADDON}.kam_collection_stage_letter").id,
            "kind": "letter",
            "date": str(cls.today),
            "line_ids": [Command.create(line)],
        }

    @classmethod
    def open_dialog(cls, model):
        """A dialog of the model, with the lines that it proposes.

        Of ``opener``, if he may open it: nobody adds to the dialog of another.
        """
        dialogs, vals = cls.env[model], cls.sample_vals(model)
        try:
            dialog = dialogs.with_user(cls.opener or cls.env.user).create(vals)
        except AccessError:
            dialog = dialogs.create(vals)
        dialog.flush_recordset()
        return dialog

    @classmethod
    def dispute_vals(cls):
        return {
            "move_id": cls.invoice_a.id,
            "amount": 1,
            "reason": "Short",
            "deadline": str(cls.today),
        }

    @classmethod
    def factor_vals(cls):
        return {
            "name": "Another",
            "code": f"another_{next(NUMBERS)}",
            "range_ids": [
                Command.create({"value_from": 0, "value_to": 10, "points": 5})
            ],
        }

    @classmethod
    def renewal_vals(cls):
        return {
            "company_id": cls.company.id,
            "valid_until": str(cls.today),
            "reason": "So",
        }

    @classmethod
    def make_held(cls, amount, partner=None, **vals):
        order = cls.make_order(partner or cls.partner_a, amount, **vals)
        order.with_user(cls.kam).action_confirm()
        return order

    @classmethod
    def sample(cls, model):
        """A record of the model; one of its own if somebody may delete it."""
        records = cls.env[model]
        own = [("client_id", "=", cls.client_a.id)]
        found = {
            "kam.assignment": lambda: records.search(own, limit=1),
            "kam.classification.line": lambda: records.create(cls.forged_vals(model)),
            "kam.collection": lambda: cls.case_a,
            "kam.collection.letter": lambda: cls.letter_a,
            "kam.collection.letter.line": lambda: cls.letter_a.line_ids,
            "kam.collection.step": lambda: cls.case_a.step_ids[:1],
            "kam.credit.check.factor": lambda: cls.check_a.factor_ids.filtered(
                lambda line: not line.is_computed
            )[:1],
            "kam.credit.check.step": lambda: records.create(cls.forged_vals(model)),
            "kam.credit.class": lambda: records.search([], limit=1),
            "kam.credit.decision": lambda: cls.decision_a,
            "kam.credit.snapshot": lambda: records.search(own, limit=1),
            "kam.credit.line.change": lambda: cls.line_a.change_ids[:1],
            "kam.credit.lock": lambda: records.search(own, limit=1),
            "kam.credit.task": lambda: records.search(own, limit=1),
            "kam.reconciliation.line": cls.make_statement_line,
            "kam.plan.chart": lambda: records.search(
                [("user_id", "=", cls.kam.id)], limit=1
            ),
            "kam.plan.report": lambda: records.search(
                [("user_id", "=", cls.kam.id)], limit=1
            ),
            "kam.sales.forecast": lambda: cls.forecast_a,
            "kam.scorecard": lambda: cls.card_a,
            "kam.scorecard.entry": lambda: cls.card_a.line_ids.entry_ids[:1],
            "kam.scorecard.line": lambda: cls.card_a.line_ids[:1],
            "kam.scorecard.correction": lambda: cls.correction_a,
            "kam.report.instance": lambda: cls.report_a,
        }
        if model == "kam.visit.plan.report":
            return records.browse(cls.plan_a.id)
        if model == "kam.visit.plan.exception":
            return records.create(cls.forged_vals(model))
        if not records._auto and model not in found:
            return records.search(own, limit=1)
        if model in found:
            return found[model]()
        if (vals := cls.sample_vals(model)) is not None:
            return records.create(vals)
        return records.search(
            [("decision_id.client_id", "=", cls.client_a.id)], limit=1
        )

    @classmethod
    def make_statement_line(cls):
        statement = cls.env["kam.reconciliation"].create(
            cls.sample_vals("kam.reconciliation")
        )
        statement.action_compute()
        return statement.line_ids[:1]

    @classmethod
    def sample_vals(cls, model):
        """Values to create a record with; None where nobody may."""
        makers = {
            "kam.classification": lambda: {"name": "Another run"},
            "kam.client": lambda: {
                "name": "Empty client",
                "manager_id": cls.kam.id,
                "team_id": cls.team.id,
            },
            "kam.client.dissolve": lambda: {
                "client_ids": [Command.set(cls.client_a.ids)],
                "reason": "Over",
            },
            "kam.client.hand.over": lambda: {
                "client_ids": [Command.set(cls.client_a.ids)],
                "manager_id": cls.other_kam.id,
                "reason": "Over",
            },
            "kam.client.make": lambda: {"name": "Dialog"},
            "kam.collection.call": lambda: {
                "collection_id": cls.case_a.id,
                "result": "Called",
                "next_date": str(cls.today),
            },
            "kam.collection.forward": lambda: {
                "collection_id": cls.case_a.id,
                "stage_id": cls.env["kam.collection.stage"].search([], limit=1).id,
                "reason": "So",
            },
            "kam.collection.pause": lambda: {
                "collection_id": cls.case_a.id,
                "reason": "So",
                "until": str(cls.today),
            },
            "kam.collection.letter.drop": lambda: {
                "letter_ids": [Command.set(cls.letter_a.ids)],
                "reason": "So",
            },
            "kam.collection.stage": lambda: {"name": "Another", "days": 99},
            "kam.credit.check": lambda: {
                "client_id": cls.make_client("To check").id,
                "company_id": cls.company.id,
                "requested_limit": 10,
            },
            "kam.credit.check.lower": lambda: {"check_id": cls.check_a.id},
            "kam.credit.check.reject": lambda: {
                "check_id": cls.check_a.id,
                "reason": "So",
            },
            "kam.credit.class": lambda: {"risk_class": "e", "border": 0},
            "kam.credit.document": lambda: {
                "check_id": cls.check_a.id,
                "type_id": cls.env["kam.credit.document.type"]
                .search([("required", "=", False)], limit=1)
                .id,
            },
            "kam.credit.document.type": lambda: {"name": "Another"},
            "kam.credit.factor": cls.factor_vals,
            "kam.credit.factor.range": lambda: {
                "factor_id": cls.env["kam.credit.factor"].create(cls.factor_vals()).id,
                "value_from": 10,
                "value_to": 20,
                "points": 5,
            },
            "kam.credit.renewal": cls.renewal_vals,
            "kam.credit.renewal.line": lambda: {
                "renewal_id": cls.env["kam.credit.renewal"]
                .create(cls.renewal_vals())
                .id,
                "line_id": cls.line_a.id,
            },
            "kam.collection.start": lambda: {"date_start": str(cls.today)},
            "kam.collection.start.line": lambda: {
                "start_id": cls.open_dialog("kam.collection.start").id,
                "client_id": cls.client_a.id,
                "stage_id": cls.letter_a.stage_id.id,
            },
            "kam.dispute": cls.dispute_vals,
            "kam.dispute.answer": lambda: {
                "dispute_id": cls.dispute_a.id,
                "answer": "So",
            },
            "kam.promise": cls.promise_vals,
            "kam.promise.cancel": lambda: {
                "promise_id": cls.promise_a.id,
                "reason": "So",
            },
            "kam.promise.plan": lambda: {"collection_id": cls.case_a.id},
            "kam.promise.plan.line": lambda: {
                "plan_id": cls.open_dialog("kam.promise.plan").id,
                "date": str(cls.today),
                "amount": 1,
            },
            "kam.credit.authority": lambda: {
                "group_id": cls.env.ref(f"{ADDON}.group_kam_user").id
            },
            "kam.credit.decision.reject": lambda: {
                "decision_id": cls.decision_a.id,
                "reason": "No",
            },
            "kam.credit.decision.release": lambda: {
                "decision_id": cls.decision_a.id,
                "reason": "Yes",
                "amount": 1,
            },
            "kam.credit.line": lambda: {
                "client_id": cls.make_client("Without a line").id,
                "company_id": cls.company.id,
                "limit": 1,
            },
            "kam.credit.line.set": lambda: {"line_id": cls.line_a.id, "reason": "So"},
            "kam.credit.policy": lambda: {"name": "Another policy"},
            "kam.reconciliation": lambda: {
                "client_id": cls.client_a.id,
                "partner_id": cls.partner_a.id,
                "company_id": cls.company.id,
                "date_from": str(cls.today),
                "date_to": str(cls.today),
            },
            "kam.growth.exclusion": cls.one_off_vals,
            "kam.kpi": cls.kpi_vals,
            "kam.kpi.range": lambda: {
                "kpi_id": cls.env["kam.kpi"].create(cls.kpi_vals()).id,
                "value_from": next(NUMBERS),
                "points": 1,
            },
            "kam.move.manager": lambda: {
                "move_id": cls.invoice_a.id,
                "manager_id": cls.kam.id,
                "reason": "So",
            },
            "kam.remark": cls.remark_vals,
            "kam.remark.answer": lambda: {
                "remark_id": cls.remark_a.id,
                "text": "So",
            },
            "kam.cockpit": lambda: {
                "company_id": cls.company.id,
                "month": "2026-01-01",
            },
            "kam.cockpit.line": lambda: {
                "cockpit_id": cls.open_dialog("kam.cockpit").id,
                "card_id": cls.card_a.id,
            },
            "kam.growth": lambda: {"date_from": "2026-01-01", "date_to": "2026-02-01"},
            "kam.pay.corrector": lambda: {
                "scheme_id": cls.scheme_a.id,
                "code": "debt",
                "value_from": next(NUMBERS),
                "percent": -5,
            },
            "kam.pay.scheme": cls.scheme_vals,
            "kam.pay.simulation": lambda: {"card_id": cls.card_a.id},
            "kam.report.duty": lambda: {"name": "Another duty"},
            "kam.report.return": lambda: {
                "report_ids": [Command.set(cls.report_a.ids)],
                "remark": "So",
            },
            "kam.sales.plan": cls.target_vals,
            "kam.sales.plan.approve": lambda: {
                "plan_id": cls.target_a.id,
                "reason": "So",
            },
            "kam.sales.plan.fill": lambda: {"plan_id": cls.target_a.id},
            "kam.sales.plan.grid": lambda: {"plan_id": cls.target_a.id},
            "kam.sales.plan.grid.line": lambda: {
                "grid_id": cls.open_dialog("kam.sales.plan.grid").id,
            },
            "kam.sales.plan.line": cls.target_line_vals,
            "kam.sales.plan.split": lambda: {"plan_id": cls.target_a.id},
            "kam.scorecard.close": lambda: {
                "card_id": cls.card_a.id,
                "reason": "So",
            },
            "kam.receivable.aging": lambda: {"to_date": str(cls.today)},
            "kam.reconciliation.prepare": lambda: {
                "client_ids": [Command.set(cls.client_a.ids)]
            },
            "kam.stage": lambda: {"name": "Another stage"},
            "kam.substitution": lambda: {
                "absent_user_id": cls.kam.id,
                "substitute_user_id": cls.director.id,
                "date_from": str(cls.today),
                "date_to": str(cls.today),
            },
            "kam.substitution.transfer": lambda: {
                "substitution_id": cls.sample("kam.substitution").id
            },
            "kam.tier": lambda: {"name": "Another tier"},
            "kam.visit": cls.visit_vals,
            "kam.visit.cancel": lambda: {
                "visit_ids": [Command.set(cls.visit_a.ids)],
                "reason": "So",
            },
            "kam.visit.finish": lambda: {
                "visit_id": cls.visit_a.id,
                "kind_id": cls.visit_a.kind_id.id,
                "next_step": "So",
                "next_date": str(cls.today),
            },
            "kam.visit.kind": lambda: {"name": "Another kind"},
            "kam.visit.outcome": lambda: {"name": "Another outcome"},
            "kam.visit.plan": cls.plan_vals,
            "kam.visit.plan.return": lambda: {
                "plan_ids": [Command.set(cls.plan_a.ids)],
                "comment": "So",
            },
            "kam.visit.purpose": lambda: {"name": "Another purpose"},
            "kam.visit.reason": lambda: {
                "name": "Another reason",
                "code": f"another_{next(NUMBERS)}",
            },
            "sale.order.credit.close": lambda: {
                "order_id": cls.confirmed_a.id,
                "reason": "Over",
            },
            "sale.order.credit.cut": lambda: {"order_id": cls.order_a.id},
            "sale.order.credit.cut.line": lambda: {
                "cut_id": cls.open_dialog("sale.order.credit.cut").id,
                "order_line_id": cls.order_a.order_line[:1].id,
            },
            "sale.order.credit.request": lambda: {
                "order_id": cls.order_a.id,
                "comment": "Please",
            },
            "sale.order.followup": lambda: {
                "order_id": cls.order_a.id,
                "next_date": str(cls.today),
            },
        }
        return makers[model]() if model in makers else None

    @classmethod
    def forged_vals(cls, model):
        """Values for a record that nobody may create."""
        decision, client = cls.decision_a, cls.client_a
        common = {"client_id": client.id, "company_id": cls.company.id}
        answer = {"decision_id": decision.id, "user_id": cls.kam.id}
        return {
            "kam.classification.line": {
                "run_id": cls.env["kam.classification"].create({"name": "Run"}).id,
                "company_id": cls.company.id,
                "client_id": client.id,
                "abc": "a",
                "proposal": "keep",
                "decision": "none",
            },
            "kam.collection": {
                **common,
                "company_id": cls.elsewhere.id,
                "date_opened": str(cls.today),
            },
            "kam.collection.letter": cls.letter_vals(),
            "kam.collection.letter.line": {
                "letter_id": cls.letter_a.id,
                "name": "Forged",
                "date_maturity": str(cls.today),
            },
            "kam.collection.step": {
                "collection_id": cls.case_a.id,
                "kind": "call",
                "result": "Forged",
            },
            "kam.credit.check.factor": {
                "check_id": cls.check_a.id,
                "factor_id": cls.env["kam.credit.factor"].create(cls.factor_vals()).id,
            },
            "kam.credit.check.step": {
                "check_id": cls.check_a.id,
                "kind": "submitted",
                "user_id": cls.kam.id,
            },
            "kam.visit.plan.exception": {
                "plan_id": cls.plan_a.id,
                "client_id": client.id,
                "reason": "time",
            },
            "kam.visit.plan.report": {"planned_count": 1},
            "kam.plan.chart": {"month": str(cls.today)},
            "kam.plan.report": {"month": str(cls.today)},
            "kam.sales.forecast": cls.forecast_vals(),
            "kam.scorecard": {
                "user_id": cls.kam.id,
                "company_id": cls.company.id,
                "date_from": "2020-01-01",
                "date_to": "2020-01-31",
            },
            "kam.scorecard.correction": {
                "scorecard_id": cls.card_a.id,
                "source_id": cls.card_a.id,
                "kind": "late",
                "amount": 5,
            },
            "kam.report.instance": cls.report_vals(),
            "kam.scorecard.entry": {
                "line_id": cls.card_a.line_ids[:1].id,
                "company_id": cls.company.id,
                "kind": "case",
            },
            "kam.scorecard.line": {
                "scorecard_id": cls.card_a.id,
                "kpi_id": cls.env["kam.kpi"].create(cls.kpi_vals()).id,
            },
            "kam.receivable.payment": {"name": "Forged", **common},
            "kam.receivable.report": {"name": "Forged", **common},
            "kam.sales.report": {"date": str(cls.today)},
            "kam.reconciliation.line": {
                "reconciliation_id": cls.env["kam.reconciliation"]
                .create(cls.sample_vals("kam.reconciliation"))
                .id,
                "date": str(cls.today),
                "kind": "invoice",
                "name": "Forged",
            },
            "kam.assignment": {"client_id": client.id, "date_from": str(cls.day(-9))},
            "kam.credit.decision": {
                **common,
                "order_id": cls.order_a.id,
                "outcome": "pass",
                "date": str(cls.today),
                "user_id": cls.kam.id,
            },
            "kam.credit.exposure": {"name": "Forged", **common},
            "kam.credit.history": {"figure": "limit", **common},
            "kam.credit.snapshot": {
                **common,
                "line_id": cls.line_a.id,
                "date": str(cls.day(-9)),
            },
            "kam.credit.line.change": {
                "line_id": cls.line_a.id,
                "field_name": "limit",
                "user_id": cls.kam.id,
            },
            "kam.credit.lock": {**common, "company_id": cls.elsewhere.id},
            "kam.credit.reason": {
                "decision_id": decision.id,
                "rule": "stop",
                "outcome": "pass",
            },
            "kam.credit.request": {**answer, "comment": "Forged"},
            "kam.credit.task": {"kind": "review", "client_id": common["client_id"]},
            "kam.credit.resolution": {
                **answer,
                **common,
                "kind": "release",
                "reason": "Forged",
                "date": str(cls.today),
            },
        }[model]

    def other_value(self, record, field):
        """A value of the field's type that the record does not have."""
        value = record[field.name]
        if field.type in ("float", "monetary", "integer"):
            return value + 1
        if field.type == "selection":
            return next(key for key in field.get_values(self.env) if key != value)
        if field.type == "many2one":
            found = self.env[field.comodel_name].search([("id", "!=", value.id)])
            return found[:1].id or value.id
        if field.type == "boolean":
            return not value
        if field.type in ("one2many", "many2many"):
            return [Command.clear()]
        if field.type == "json":
            return {"total": 10**9}
        return {"date": "2000-01-01", "datetime": "2000-01-01 00:00:00"}.get(
            field.type, "Forged"
        )

    @classmethod
    def written_vals(cls, record):
        """A harmless value to write: the one that is there already."""
        for name in (
            "name",
            "reason",
            "comment",
            "amount",
            "limit",
            "kind",
            "rule",
            "input",
        ):
            field = record._fields.get(name)
            if field and field.store:
                return {name: record[name]}
        return {"create_uid": record.create_uid.id} if record._log_access else {}
