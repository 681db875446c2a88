"""My desk in the browser, for every role, in both sizes and languages."""

import json

from ..common import ADDON, KamHttpCase
from ..home.common import DeskFactory

ROLES = ("kam", "head", "director", "controller", "support", "administrator")
# Opens the numbers and one line of every tile; as many records are there as it said.
WALK = """
const { isDesktop, isDeep } = %s;
const { action } = odoo.__WOWL_DEBUG__.root.env.services;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const all = (selector) => [...document.querySelectorAll(selector)];
const tiles = () => all(".o_kam_tile").length;

async function waitFor(find, what) {
    for (let i = 0; i < 200; i++) {
        const dialog = document.querySelector(".o_error_dialog, .o_dialog_error");
        if (dialog) {
            throw new Error(`${what}: ${dialog.innerText}`);
        }
        if (find()) {
            return;
        }
        await sleep(50);
    }
    throw new Error(`${what} did not come: ${document.body.innerText}`);
}

async function openDesk() {
    await action.doAction("key_account_management.kam_desk_action", {
        clearBreadcrumbs: true,
    });
    await waitFor(tiles, "My desk");
    await sleep(100);
}

function checkScreen() {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } =
        document.querySelector(".o_kam_desk");
    if (scrollWidth > clientWidth + 1) {
        throw new Error(`The desk is ${scrollWidth}px of ${clientWidth}px wide`);
    }
    if (isDesktop && scrollHeight > clientHeight + 1) {
        throw new Error(`The desk is ${scrollHeight}px of ${clientHeight}px high`);
    }
    for (const canvas of all(".o_kam_tile canvas")) {
        if (canvas.height < 50 || !canvas.ariaLabel.match(/[0-9]/)) {
            throw new Error(`Empty chart: ${canvas.ariaLabel}`);
        }
    }
}

async function openFigure(number) {
    const figure = all(".o_kam_tile_figure")[number];
    const value = figure.querySelector(".o_kam_tile_value").innerText.trim();
    const label = `${figure.innerText} of ${figure.closest(".o_kam_tile").className}`;
    figure.click();
    await waitFor(() => !tiles() && all(".o_list_view, .o_kanban_view").length, label);
    const count = () => all(".o_list_view .o_data_row").length;
    if (isDesktop && value.match(/^[1-9]$/)) {
        await waitFor(() => count() === Number(value), `${label}: the records`);
    }
    await openDesk();
}

async function openRow(number) {
    const row = all(".o_kam_row_title")[number];
    const label = row.innerText;
    row.click();
    await waitFor(() => all(".modal .o_form_view").length || !tiles(), label);
    await waitFor(() => all(".o_view_controller, .modal .o_form_view").length, label);
    await action.doAction({ type: "ir.actions.act_window_close" });
    await openDesk();
}

(async () => {
    await openDesk();
    checkScreen();
    all(".o_kam_desk_refresh")[0]?.click();
    await waitFor(tiles, "The refreshed desk");
    const figures = all(".o_kam_tile_figure");
    const rows = all(".o_kam_row_title");
    if (!figures.length || !rows.length) {
        throw new Error(`Only ${figures.length} figures and ${rows.length} lines`);
    }
    const firsts = all(".o_kam_tile_row:first-child .o_kam_row_title");
    const numbers = firsts.map((row) => rows.indexOf(row));
    for (let number = 0; isDeep && number < figures.length; number++) {
        await openFigure(number);
    }
    for (const number of isDeep ? numbers : []) {
        await openRow(number);
    }
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


class DeskWalk(DeskFactory, KamHttpCase):
    browser_size = "1400x900"
    is_desktop = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_department()

    def walk(self, user, is_deep):
        options = {"isDesktop": self.is_desktop, "isDeep": is_deep}
        self.env.flush_all()
        self.browser_js(
            "/odoo/my-desk",
            WALK % json.dumps(options),
            ready="odoo.isReady === true",
            login=user.login,
            timeout=120,
        )

    def walk_all(self, is_deep=False):
        for name in ROLES:
            with self.subTest(name):
                self.walk(getattr(self, name), is_deep)


class TestDeskScreen(DeskWalk):
    def test_every_role(self):
        self.walk_all(is_deep=True)

    def test_in_russian(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["ir.module.module"]._load_module_terms([ADDON], ["ru_RU"])
        for name in ROLES:
            getattr(self, name).lang = "ru_RU"
        self.walk_all()


class TestDeskOnPhone(DeskWalk):
    browser_size = "390x844"
    touch_enabled = True
    is_desktop = False

    def test_every_role(self):
        self.walk_all()
