"""Every screen of ours opens in the browser, for every role, empty and filled."""

import json

from odoo.fields import Command
from odoo.tests import new_test_user

from ..common import ADDON, MAIL_OFF, KamHttpCase

# Opens one screen after the other; a client error fails the test by its own message.
WALK = """
const steps = %s;
const { action } = odoo.__WOWL_DEBUG__.root.env.services;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function checkErrors(name) {
    const missing = [...document.querySelectorAll("img[src]")].find(
        (image) => image.complete && !image.naturalWidth && image.checkVisibility()
    );
    if (missing) {
        throw new Error(`${name}: no image ${missing.getAttribute("src")}`);
    }
    const dialog = document.querySelector(".o_error_dialog, .o_dialog_error");
    if (dialog) {
        throw new Error(`${name}: ${dialog.innerText}`);
    }
}

async function waitFor(selector, name) {
    for (let i = 0; i < 200; i++) {
        checkErrors(name);
        if (document.querySelector(selector)) {
            return;
        }
        await sleep(50);
    }
    throw new Error(`${name}: ${selector} did not appear`);
}

// Links that leave Odoo are not followed: a map, a document.
odoo.loader.modules.get("@web/core/browser/browser").browser.open = () => window;

async function statButtons() {
    const more = document.querySelector(".o_form_view .o_button_more");
    if (more && !document.querySelector(".o_dropdown_more")) {
        more.click();
        await sleep(50);
    }
    const roots = [".o_form_view", ".o-dropdown--menu"];
    const names = roots.map((root) => `${root} button.oe_stat_button[name]`);
    return [...document.querySelectorAll(names.join())].filter((button) =>
        button.checkVisibility()
    );
}

// What a button does is over when no call is on its way.
async function settled(form, name) {
    for (let i = 0, quiet = 0; quiet < 4; i++) {
        await sleep(40);
        checkErrors(name);
        const isBusy = document.querySelector(".o_loading_indicator, .o_blockUI");
        const isThere = form.isConnected && !document.querySelector(".modal");
        quiet = isBusy || (isThere && i < 25) ? 0 : quiet + 1;
        if (i === 250) {
            throw new Error(`${name} does not come to an end`);
        }
    }
}

const pressed = new Set(); // each button of a model once in a walk

async function pressStatButtons(step) {
    const names = (await statButtons()).map((button) => button.getAttribute("name"));
    for (const name of new Set(names)) {
        const key = `${step.model} ${name}`;
        if (pressed.has(key)) {
            continue;
        }
        pressed.add(key);
        const button = (await statButtons()).find(
            (button) => button.getAttribute("name") === name
        );
        button.click();
        await settled(document.querySelector(".o_form_view"), `${step.name}: ${name}`);
        await open({ ...step, isPressed: true });
    }
}

async function open(step) {
    const name = `${step.name} (${step.view})`;
    const options = { clearBreadcrumbs: true, additionalContext: step.context };
    if (!step.modal && step.view !== "client") {
        options.viewType = step.view;
    }
    if (step.res_id) {
        options.props = { resId: step.res_id };
    }
    await action.doAction(step.action, options).catch((error) => {
        const cause = error.cause?.cause || error.cause || error;
        throw new Error(`${name}: ${cause.data?.debug || cause.message}`);
    });
    const root = step.modal ? ".modal" : ".o_action_manager";
    const selector = step.view === "client" ? ".o_kam_desk" : `.o_${step.view}_view`;
    await waitFor(`${root} ${selector}`, name);
    for (const tab of document.querySelectorAll(`${root} .o_notebook .nav-link`)) {
        tab.click();
        await sleep(20);
    }
    await sleep(60);
    checkErrors(name);
    if (step.modal) {
        await action.doAction({ type: "ir.actions.act_window_close" });
        await sleep(60);
    } else if (step.view === "form" && step.res_id && !step.isPressed) {
        await pressStatButtons(step);
    }
}

(async () => {
    for (const step of steps) {
        await open(step);
    }
    console.log(`${pressed.size} buttons pressed`);
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""
WINDOW = "ir.actions.act_window"
ROLES = ("kam", "support", "controller", "head", "director", "administrator")
CORE = (
    ("sale.action_quotations_with_onboarding", "list,kanban,form"),
    ("account.action_move_out_invoice_type", "list,kanban,form"),
    ("base.action_partner_form", "list,kanban,form"),
    ("crm.crm_lead_opportunities", "kanban,list"),
)


class ViewsCase(KamHttpCase):
    def walk(self, user, steps):
        self.assertTrue(steps)
        self.env.flush_all()
        self.browser_js(
            "/odoo",
            WALK % json.dumps(steps),
            ready="odoo.isReady === true",
            login=user.login,
            timeout=300,
        )

    def steps_of(self, actions, user, *views):
        """One step per view of each action; forms new and with a record.

        :param views: the types of views wanted; default all
        """
        return [
            step
            for action in actions
            for view in action.view_mode.split(",")
            if not views or view in views
            for step in self.steps_of_view(action, view, user)
        ]

    def steps_of_view(self, action, view, user):
        name = action.get_external_id()[action.id]
        step = {
            "action": action.id,
            "model": action.res_model,
            "name": name,
            "view": view,
            "context": {},
        }
        model = self.env[action.res_model].with_user(user)
        if view != "form":
            return [step]
        step["modal"] = action.target == "new"
        steps = [step] if model.has_access("create") else []
        if found := model.search(self.domain_of(action), limit=1):
            steps.append({**step, "res_id": found.id})
        return steps

    def domain_of(self, action):
        models = {"sale.order": [("kam_client_id", "!=", False)]}
        return models.get(action.res_model, [])

    def own_actions(self, user):
        """The window actions that the menus show to the user."""
        actions = [a for a in self.menu_actions(user) if a._name == WINDOW]
        return self.env[WINDOW].browse(action.id for action in actions)

    def menu_actions(self, user):
        """The actions of all menus that the user is shown."""
        menus = self.env["ir.ui.menu"].with_user(user)
        shown = menus.browse(menus._visible_menu_ids())
        root = self.env.ref(f"{ADDON}.key_account_management_menu_root")
        shown = shown.filtered(lambda m: m.parent_path.startswith(root.parent_path))
        return [menu.action for menu in shown.sudo() if menu.action]

    def client_steps(self, user):
        """Screens of our own that are no views."""
        return [
            {"action": x.id, "name": x.name, "view": "client", "context": {}}
            for x in self.menu_actions(user)
            if x._name == "ir.actions.client"
        ]


class TestEmptyScreens(ViewsCase):
    def test_without_clients(self):
        user, views = self.other_kam, ("list", "kanban", "pivot", "graph")
        self.walk(user, self.steps_of(self.own_actions(user), user, *views))


class TestScreens(ViewsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(1000, overdue_action="hold")
        cls.client.credit_line_ids.write(
            {"is_stopped": True, "stop_reason": "Bankruptcy filed"}
        )
        partner = cls.client.partner_ids
        cls.make_invoice(partner, 500, due=cls.day(-10))
        cls.make_confirmed(partner, 300)
        cls.held = cls.make_order(partner, 700)
        cls.held.with_user(cls.kam).action_confirm()
        cls.held.with_user(cls.kam).action_credit_request("Please")
        cls.decision = cls.held.credit_decision_id
        cls.env["kam.collection.debt"]._open_cases(cls.client.ids)
        cls.company.kam_ladder_start = cls.today
        cls.env["kam.collection.ladder"]._climb(cls.client.ids)
        # a credit line with days behind it, so that charts have something to show
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE kam_credit_line SET create_date = create_date - interval '9 day'"
        )
        cls.env["kam.credit.snapshot"]._fill(cls.company, cls.day(-5), cls.day(-1))
        cls.setup_visits()
        cls.setup_performance()

    @classmethod
    def setup_visits(cls):
        """A week with a visit that is done, one planned and one not placed."""
        cls.plan = cls.env["kam.visit.plan"].create({"user_id": cls.kam.id})
        cls.visit = cls.env["kam.visit"].create(
            {
                "client_id": cls.client.id,
                "user_id": cls.kam.id,
                "date_planned": cls.plan.week_start,
            }
        )
        cls.visit.copy().action_cancel("No time")
        cls.plan.action_generate()
        cls.plan.action_submit()

    @classmethod
    def setup_performance(cls):
        """A plan with its parts, a remark, and the cards of this month."""
        month = cls.today.replace(day=1)
        cls.sales_plan = cls.env["kam.sales.plan"].create(
            {
                "company_id": cls.company.id,
                "team_id": cls.team.id,
                "period": "month",
                "date_from": month,
                "line_ids": [Command.create({"month": month, "target": 900})],
            }
        )
        cls.sales_plan.action_split("equal")
        cls.remark = cls.env["kam.remark"].create(
            {"user_id": cls.kam.id, "fact": "Late", "company_id": cls.company.id}
        )
        cls.env["kam.pay.scheme"].create(
            {"user_id": cls.kam.id, "company_id": cls.company.id, "amount": 100}
        )
        duty = cls.env["kam.report.duty"].create(
            {"name": "Debts", "source": "debts", "company_id": cls.company.id}
        )
        duty._make_instances()
        cls.report = duty.instance_ids[:1]
        cls.report._refresh()
        cards = cls.env["kam.scorecard"]._make_cards(cls.company, month)
        cards._compute_cards()
        cls.card = cards[:1]
        order = cls.make_confirmed(cls.client.partner_ids, 5)
        cls.env["kam.growth.exclusion"].create({"order_id": order.id, "reason": "Fair"})
        cls.company.kam_checkpoint_days = "1"
        cls.env["kam.sales.forecast"]._keep(cls.company)

    def test_every_screen_has_an_address_and_help(self):
        for action in self.all_actions():
            with self.subTest(action.get_external_id()[action.id]):
                self.assertTrue(action.help)
        for action in self.own_actions(self.administrator):
            with self.subTest(action.get_external_id()[action.id]):
                self.assertTrue(action.path)

    def all_actions(self):
        """All window actions of the addon that are no dialogs."""
        data = self.env["ir.model.data"].search(
            [("module", "=", ADDON), ("model", "=", "ir.actions.act_window")]
        )
        actions = self.env["ir.actions.act_window"].browse(data.mapped("res_id"))
        return actions.filtered(lambda action: action.target != "new")

    def test_as_each_role(self):
        for role in ROLES[:-1]:
            with self.subTest(role):
                self.walk_as(getattr(self, role))

    def test_as_administrator(self):
        self.walk_everything()

    def in_russian(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["ir.module.module"]._load_module_terms([ADDON], ["ru_RU"])
        for role in ROLES:
            getattr(self, role).lang = "ru_RU"

    def test_as_each_role_in_russian(self):
        self.in_russian()
        for role in ROLES[:-1]:
            with self.subTest(role):
                self.walk_as(getattr(self, role))

    def test_as_administrator_in_russian(self):
        self.in_russian()
        self.walk_everything()

    def test_as_salesperson_without_key_clients(self):
        user = new_test_user(
            self.env,
            "plain_seller",
            groups="base.group_user,sales_team.group_sale_salesman_all_leads",
            context=MAIL_OFF,
        )
        self.walk(user, self.core_steps(user))

    def walk_as(self, user):
        """Open every menu in its first view, lists and forms.

        Fields and buttons depend on the groups.
        """
        actions = self.own_actions(user)
        first = [
            step
            for action in actions
            for step in self.steps_of_view(action, action.view_mode.split(",")[0], user)
            if step["view"] not in ("list", "form")
        ]
        steps = self.steps_of(actions, user, "list", "form")
        self.walk(user, [*first, *steps, *self.client_steps(user)])

    def walk_everything(self):
        user = self.administrator
        actions = self.all_actions().filtered(
            lambda action: self.env[action.res_model].with_user(user).has_access("read")
        )
        steps = self.steps_of(actions, user)
        self.walk(user, [*steps, *self.core_steps(user), *self.dialog_steps()])

    def core_steps(self, user):
        """Screens of Odoo that we add to."""
        steps = []
        for xmlid, views in CORE:
            action = self.env.ref(xmlid)
            for view in views.split(","):
                steps += [
                    {**step, "name": xmlid}
                    for step in self.steps_of_view(action, view, user)
                ]
        return steps

    def dialog_steps(self):
        """Our dialogs, as their buttons open them."""
        decision = {"default_decision_id": self.decision.id}
        order = {"default_order_id": self.held.id}
        partner = {"active_model": "res.partner", "active_ids": [self.env.user.id]}
        line = {"active_id": self.client.credit_line_ids.id}
        case = {"active_id": self.client.collection_id.id}
        plan = {"active_id": self.sales_plan.id}
        card = {"active_id": self.card.id}
        remark = {"active_id": self.remark.id}
        return [
            self.dialog("kam.credit.decision.release", decision),
            self.dialog("kam.credit.decision.reject", decision),
            self.dialog("kam.client.make", partner),
            self.dialog("kam_credit_line_set_action", line),
            self.dialog("kam_receivable_aging_action", {}),
            self.dialog("sale_order_credit_request_action", order),
            self.dialog("sale_order_credit_close_action", order),
            self.dialog("kam_collection_start_action", {}),
            self.dialog("kam_promise_plan_action", case),
            self.dialog("kam_collection_forward_action", case),
            self.dialog("kam.visit.finish", {"default_visit_id": self.visit.id}),
            self.dialog("kam.visit.finish", {"default_client_id": self.client.id}),
            self.dialog("kam_visit_cancel_action", {"active_ids": self.visit.ids}),
            self.dialog("kam_visit_plan_return_action", {"active_ids": self.plan.ids}),
            self.dialog("kam_sales_plan_split_action", plan),
            self.dialog("kam_sales_plan_fill_action", plan),
            self.dialog("kam_sales_plan_grid_action", plan),
            self.dialog("kam_sales_plan_approve_action", plan),
            self.dialog("kam_scorecard_close_action", card),
            self.dialog("kam_pay_simulation_action", card),
            self.dialog("kam_report_return_action", {"active_ids": self.report.ids}),
            self.dialog("kam_remark_answer_action", remark),
        ]

    def dialog(self, target, context):
        if "." in target:
            action = {
                "type": "ir.actions.act_window",
                "res_model": target,
                "views": [[False, "form"]],
                "target": "new",
            }
        else:
            action = self.env.ref(f"{ADDON}.{target}").id
        return {
            "action": action,
            "name": target,
            "view": "form",
            "context": context,
            "modal": True,
        }
