"""Buttons: none that would only refuse, and counts that equal what they open."""

from datetime import date

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools.safe_eval import safe_eval

from ..common import KamCommon
from .roles import OURS, Roles, own_models

CONTEXT = {"tracking_disable": True}


class Screen:
    """The form of a record as a user sees it: which of its buttons are shown."""

    def __init__(self, record, user):
        self.record = record.with_user(user).with_context(CONTEXT)
        self.record.invalidate_recordset()
        self.arch = etree.fromstring(self.record.get_view(view_type="form")["arch"])
        self.values = self._read()

    def _read(self):
        nodes = self.arch.xpath("//field[not(ancestor::field)]")
        names = {node.get("name") for node in nodes} | {"id"}
        [values] = self.record.read(list(names), load=None)
        return {name: self._plain(value) for name, value in values.items()}

    def _plain(self, value):
        return str(value) if isinstance(value, date) else value

    def buttons(self, path="//button[@type='object' and not(ancestor::field)]"):
        """Yield the buttons that are visible."""
        for node in self.arch.xpath(path):
            if not any(map(self._is_hidden, [node, *node.iterancestors()])):
                yield node

    def _is_hidden(self, node):
        expression = node.get("invisible")
        names = {**self.values, "uid": self.record.env.uid, "context": CONTEXT}
        return bool(expression and safe_eval(expression, names))

    def press(self, node):
        context = safe_eval(node.get("context", "{}"), dict(self.values))
        record = self.record.with_context(**context)
        return getattr(record, node.get("name"))()

    def count(self, action):
        """Return how many records an action shows at first."""
        model = self.record.env[action["res_model"]]
        context = action.get("context") or {}
        if isinstance(context, str):
            context = safe_eval(context, {"uid": model.env.uid})
        domain = action.get("domain") or []
        if isinstance(domain, str):
            domain = safe_eval(domain, {"uid": model.env.uid})
        domain = Domain(domain) & self._get_filters(model, action, context)
        return model.with_context(**context).search_count(domain)

    def _get_filters(self, model, action, context):
        view = action.get("search_view_id") or [False]
        arch = model.get_view(view[0], view_type="search")["arch"]
        domain = Domain.TRUE
        for node in etree.fromstring(arch).iter("filter"):
            if context.get(f"search_default_{node.get('name')}") and node.get("domain"):
                domain &= Domain(safe_eval(node.get("domain"), {"uid": model.env.uid}))
        return domain


class ButtonsCase(Roles, KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_roles()

    def screens(self, records):
        """Yield the form of each record for each of our roles that may read it."""
        for user in (self.people[name] for name in OURS):
            for record in records.with_user(user).sudo(False):
                if record.has_access("read"):
                    yield user, Screen(record, user)

    def assertNoneRefuses(self, records, names=None):
        """Every button that is shown does something, or says what to enter."""
        pressed = set()
        self.env.flush_all()
        for user, screen in self.screens(records):
            for node in screen.buttons():
                name = node.get("name")
                if names and name not in names:
                    continue
                pressed.add(name)
                with self.subTest(f"{screen.record}: {name}", role=user.login):
                    self.assertDoes(screen, node)
        self.assertTrue(pressed)

    def make_run(self):
        """A run over a client of each of two teams."""
        for team in (self.team, self.other_team):
            client = self.make_client(f"Classified by {team.name}")
            client.team_id = team
            self.make_invoice(client.partner_ids, 100, date="2021-06-01")
        vals = {"date_from": "2021-01-01", "date_to": "2021-12-31", "base": "turnover"}
        return self.env["kam.classification"].with_user(self.head).create(vals)

    def compute(self, run):
        """Compute it, and let all its customers wait to be demoted."""
        run.action_compute()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kam_classification_line SET proposal = 'demote',"
            " decision = 'waiting' WHERE run_id = %s",
            [run.id],
        )
        self.env.invalidate_all()

    def assertDoes(self, screen, node):
        """Press as the user, in a savepoint that is always rolled back."""
        savepoint = self.env.cr.savepoint()
        try:
            screen.press(node)
        except AccessError as error:
            self.fail(f"refused: {error}")
        except UserError as error:
            self.fail(f"asks: {error}")
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()


class TestNoButtonRefuses(ButtonsCase):
    def states(self, record, *states):
        """Copies of the state, as superuser: the same record in each of them."""
        for state in states:
            record.sudo().write({"state": state})
            self.env.flush_all()
            yield record

    def test_checks(self):
        check = self.check_a
        check.sudo().document_ids.write({"date_received": self.today})
        check.approved_limit = check.recommended_limit = 10
        for record in self.states(check, "draft", "submitted", "review", "rejected"):
            self.assertNoneRefuses(record)

    def test_a_check_with_documents_missing(self):
        self.check_a.sudo().state = "submitted"
        for _user, screen in self.screens(self.check_a):
            names = [node.get("name") for node in screen.buttons()]
            self.assertNotIn("action_approve", names)

    def test_a_check_beyond_the_authority(self):
        check = self.check_a
        check.sudo().document_ids.write({"date_received": self.today})
        check.sudo().write(
            {"approved_limit": 10**6, "approve_reason": "So", "state": "submitted"}
        )
        self.assertNoneRefuses(check)
        check.sudo().state = "review"
        self.assertNoneRefuses(check)

    def test_renewals(self):
        renewal = self.env["kam.credit.renewal"].with_user(self.controller)
        renewal = renewal.create(
            {
                **self.renewal_vals(),
                "line_ids": [Command.create({"line_id": self.line_a.id})],
            }
        )
        for record in self.states(renewal, "draft", "submitted"):
            self.assertNoneRefuses(record)

    def test_a_renewal_beyond_the_authority(self):
        renewal = self.env["kam.credit.renewal"].create(
            {
                **self.renewal_vals(),
                "line_ids": [
                    Command.create({"line_id": self.line_a.id, "new_limit": 10**6})
                ],
            }
        )
        renewal.sudo().state = "submitted"
        self.assertNoneRefuses(renewal)

    def test_classification(self):
        run = self.make_run()
        self.assertNoneRefuses(run)
        self.compute(run)
        self.assertNoneRefuses(run)

    def test_clients(self):
        self.assertNoneRefuses(self.client_a)

    def test_substitutions(self):
        substitution = self.sample("kam.substitution")
        for decision in ("draft", "confirmed"):
            substitution.sudo().decision = decision
            self.env.flush_all()
            self.assertNoneRefuses(substitution)


class TestCounts(ButtonsCase):
    def test_a_count_equals_what_it_opens(self):
        run = self.make_run()
        self.compute(run)
        core = {"res.partner": self.partner_a, "sale.order": self.order_a}
        core["kam.classification"] = run
        counted = set()
        path = "//button[contains(@class, 'oe_stat_button') and @type='object']"
        for model in {*own_models(self.env), *core}:
            if self.env[model]._transient or not self.env[model]._auto:
                continue
            record = core.get(model) or self.sample(model)
            self.env.flush_all()
            for user, screen in self.screens(record):
                for node in screen.buttons(path):
                    if self.is_count(record, node):
                        counted.add(model)
                        with self.subTest(
                            model, button=node.get("name"), who=user.login
                        ):
                            self.assertCount(screen, node)
        self.assertGreater(counted, {"kam.client", "kam.classification"})

    def is_count(self, record, node):
        names = [field.get("name") for field in node.iter("field")]
        return len(names) == 1 and record._fields[names[0]].type == "integer"

    def assertCount(self, screen, node):
        [name] = [field.get("name") for field in node.iter("field")]
        action = screen.press(node)
        if not isinstance(action, dict) or action.get("res_id"):
            return
        self.assertEqual(screen.values[name], screen.count(action), action["domain"])
