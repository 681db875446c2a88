"""My desk in the browser, for every role, in both sizes and languages."""

import json

from ..common import ADDON, KamHttpCase
from ..home.common import DeskFactory

ROLES = ("kam", "head", "director", "controller", "support", "administrator")
# Opens every number of every tile, and looks whether as many records are there.
WALK = """
const sizes = %s;
const { action } = odoo.__WOWL_DEBUG__.root.env.services;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function waitFor(find, what) {
    for (let i = 0; i < 200; i++) {
        const dialog = document.querySelector(".o_error_dialog, .o_dialog_error");
        if (dialog) {
            throw new Error(`${what}: ${dialog.innerText}`);
        }
        const found = find();
        if (found) {
            return found;
        }
        await sleep(50);
    }
    throw new Error(`${what} did not come`);
}

const all = (selector) => [...document.querySelectorAll(selector)];
const tiles = () => all(".o_kam_tile").length;

async function openDesk() {
    await action.doAction("key_account_management.kam_desk_action", {
        clearBreadcrumbs: true,
    });
    await waitFor(tiles, "My desk");
    await sleep(100);
}

function checkScreen() {
    const content = document.querySelector(".o_kam_desk");
    if (content.scrollWidth > content.clientWidth + 1) {
        throw new Error("The desk is wider than the screen");
    }
    if (sizes.isDesktop && content.scrollHeight > content.clientHeight + 1) {
        throw new Error(`The desk has ${content.scrollHeight}px of ${content.clientHeight}`);
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
    await waitFor(() => !tiles() && document.querySelector(".o_view_controller"), label);
    await sleep(50);
    const pager = document.querySelector(".o_pager_limit");
    if (sizes.isDesktop && value.match(/^[1-9][0-9]*$/)) {
        await waitFor(
            () => document.querySelector(".o_pager_limit")?.innerText.trim() === value,
            `${label}: ${value} records, not ${pager?.innerText}`
        );
    }
    await openDesk();
}

async function openRow(number) {
    const row = all(".o_kam_row_title")[number];
    const label = row.innerText;
    row.click();
    await waitFor(
        () => !tiles() && document.querySelector(".o_form_view, .o_view_controller, .modal"),
        label
    );
    await action.doAction({ type: "ir.actions.act_window_close" });
    await openDesk();
}

(async () => {
    await openDesk();
    checkScreen();
    document.querySelector(".o_kam_desk_refresh")?.click();
    await waitFor(tiles, "Refreshed desk");
    const figures = all(".o_kam_tile_figure").length;
    const rows = all(".o_kam_row_title").length;
    if (!figures || !rows) {
        throw new Error(`Only ${figures} figures and ${rows} lines`);
    }
    for (let number = 0; number < figures; number++) {
        await openFigure(number);
    }
    for (let number = 0; number < rows; number++) {
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

    def walk(self, user):
        self.env.flush_all()
        self.browser_js(
            "/odoo/my-desk",
            WALK % json.dumps({"isDesktop": self.is_desktop}),
            ready="odoo.isReady === true",
            login=user.login,
            timeout=120,
        )

    def walk_all(self):
        for name in ROLES:
            with self.subTest(name):
                self.walk(getattr(self, name))


class TestDeskScreen(DeskWalk):
    def test_every_role(self):
        self.walk_all()

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
