"""A department with something on today for every role."""

from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields

from ..common import ADDON


class DeskFactory:
    """Adds :meth:`setup_department` to a class with ``KamFactory``."""

    @classmethod
    def setup_department(cls):
        cls.client = cls.make_troubled("Desk Grocer", cls.kam, 1000, 700, 20)
        cls.second = cls.make_troubled("Desk Baker", cls.kam, 500, 90, 95)
        cls.foreign = cls.make_troubled(
            "Desk Brewer", cls.other_kam, 2000, 1800, 40, team_id=cls.other_team.id
        )
        cls.calm = cls.make_limited(1000, "Desk Calm")
        cls.make_invoice(cls.calm.partner_ids, 50, due=cls.today)
        clients = cls.client | cls.second | cls.foreign
        for client in clients:
            cls.make_promises(client)
            cls.make_check(client)
        cls.env["kam.collection.debt"]._open_cases(clients.ids)
        cls.env["kam.collection"].search([]).next_date = cls.today
        cls.make_letter(cls.client)
        cls.make_week(cls.client)
        cls.make_score()
        cls.env["kam.credit.renewal"].with_user(cls.controller)._make(
            cls.client.credit_line_ids
        ).action_submit()
        cls.env.flush_all()

    @classmethod
    def make_troubled(cls, name, manager, limit, debt, days, **vals):
        """A client with overdue debt, an order on hold, and one that is a draft."""
        client = cls.make_limited(limit, name)
        client.write({"manager_id": manager.id, **vals})
        client.credit_line_ids.valid_until = cls.day(days % 30)
        partner = client.partner_ids
        cls.make_invoice(partner, debt, date=cls.day(-120), due=cls.day(-days))
        held = cls.make_order(partner, limit)
        cls.confirm(cls, held, manager)
        cls.make_order(partner, 10)
        return client

    @classmethod
    def make_promises(cls, client):
        vals = {"client_id": client.id, "company_id": cls.company.id, "amount": 30}
        promises = cls.env["kam.promise"]
        promises.create({**vals, "date": cls.today})
        broken = promises.create({**vals, "date": cls.day(1)})
        broken.sudo().write({"state": "broken"})

    @classmethod
    def make_check(cls, client):
        check = cls.env["kam.credit.check"].create(
            {
                "client_id": client.id,
                "company_id": cls.company.id,
                "requested_limit": 5000,
            }
        )
        check.with_user(client.manager_id).action_submit()

    @classmethod
    def make_week(cls, client):
        """A visit that is done and one that is not, in the week of the manager."""
        visits = cls.env["kam.visit"]
        vals = {"client_id": client.id, "user_id": client.manager_id.id}
        noon = datetime.combine(cls.today, time(12))
        visits.create({**vals, "date_planned": noon})
        done = visits.create({**vals, "date_planned": noon})
        done.sudo().write(
            {
                "decision": "done",
                "date_done": fields.Datetime.now(),
                "outcome_id": cls.env["kam.visit.outcome"].search([], limit=1).id,
                "next_step": "Call about the rest",
                "next_date": cls.day(1),
            }
        )

    @classmethod
    def make_score(cls):
        """The scores of the last two months of the manager."""
        month = cls.today.replace(day=1)
        for total, number in ((70, 2), (80, 1)):
            first = month - relativedelta(months=number)
            cls.env["kam.scorecard"].create(
                {
                    "user_id": cls.kam.id,
                    "company_id": cls.company.id,
                    "date_from": first,
                    "date_to": first + relativedelta(months=1, days=-1),
                    "total": total,
                    "is_scored": True,
                }
            )

    @classmethod
    def make_letter(cls, client):
        return cls.env["kam.collection.letter"].create(
            {
                "client_id": client.id,
                "partner_id": client.partner_ids.id,
                "company_id": cls.company.id,
                "stage_id": cls.env.ref(f"{ADDON}.kam_collection_stage_letter").id,
                "kind": "letter",
                "date": cls.today - timedelta(days=1),
                "line_ids": [
                    (0, 0, {"name": "INV", "date_maturity": cls.day(-20), "amount": 7})
                ],
            }
        )
