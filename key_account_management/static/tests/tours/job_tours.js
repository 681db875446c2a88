import { registry } from "@web/core/registry";

/**
 * The main jobs, from the opened app to the end, with the number of clicks they take:
 * the table of the README. A job that needs more of them is a worse job, so a tour whose
 * clicks are others than stated fails.
 */
const { DateTime } = luxon;
const tours = registry.category("web_tour.tours");

function addJob(name, clicks, steps) {
    tours.add(name, {
        steps: () => {
            const all = steps();
            const counted = all.filter((step) => step.run === "click").length;
            if (counted !== clicks) {
                throw new Error(`${name} takes ${counted} clicks instead of ${clicks}`);
            }
            return all;
        },
    });
}

const xmlid = (name) => `[data-menu-xmlid='key_account_management.${name}']`;
const click = (trigger) => ({ trigger, run: "click" });
const edit = (trigger, text) => ({ trigger, run: `edit ${text}` });
const row = (text) => `.o_list_view .o_data_row:contains('${text}')`;
const card = (text) => `.o_kanban_record:contains('${text}')`;
const button = (name) => `.o_form_view button[name=${name}]:visible`;
const field = (name) => `.modal div[name=${name}] :is(input, textarea)`;
const apply = () => click(".modal footer button[name=action_apply]");
const closed = (rest = "") => ({ trigger: `body:not(:has(.modal)) ${rest}` });
const inState = (state) => ({ trigger: `.o_arrow_button_current[data-value=${state}]` });
const tomorrow = () => DateTime.now().plus({ days: 1 }).toFormat("MM/dd/yyyy");
const stepsOf = (name) => tours.get(name).steps();

/** From My Desk to a screen of the menu. */
function goTo(heading, entry) {
    return [
        { content: "The app has opened", trigger: ".o_kam_desk" },
        click(`.o_menu_sections ${xmlid(`key_account_management_menu_${heading}`)}`),
        click(`.o-dropdown--menu ${xmlid(entry)}`),
    ];
}

addJob("kam_job_hold", 6, () => [
    ...goTo("clients", "sale_order_menu"),
    click(`${row("Tour Client")} td[name=partner_id]`),
    ...stepsOf("kam_manager_is_held"),
]);

addJob("kam_job_release", 4, () => [
    ...goTo("credit", "kam_credit_decision_menu_hold"),
    click(`${card("Tour Client")} button[name=action_open_release]`),
    edit(field("reason"), "Money seen"),
    apply(),
    closed(),
    {
        trigger: `${card("Tour Client")}:not(:has(button[name=action_open_release]))`,
    },
]);

addJob("kam_job_case", 5, () => [
    ...goTo("receivable", "kam_collection_menu"),
    click(card("Tour Debtor")),
    click(button("action_call")),
    edit(field("result"), "Pays tomorrow"),
    edit(field("next_date"), tomorrow()),
    apply(),
    closed(".o_form_view :contains('Pays tomorrow')"),
]);

addJob("kam_job_check_request", 5, () => [
    ...goTo("credit", "kam_credit_check_menu"),
    click(".o-kanban-button-new, .o_list_button_add"),
    edit(".o_form_view div[name=client_id] input", "Tour Client"),
    click(".o-autocomplete--dropdown-item:contains('Tour Client')"),
    edit(".o_form_view div[name=requested_limit] input", "1000"),
    edit(".o_form_view div[name=requested_term_days] input", "30"),
    click(button("action_submit")),
    inState("submitted"),
]);

addJob("kam_job_check_approval", 4, () => [
    ...goTo("credit", "kam_credit_check_menu"),
    click(`${card("Tour Client")}, ${row("Tour Client")}`),
    click(button("action_approve")),
    inState("approved"),
]);

addJob("kam_job_statement", 4, () => [
    ...goTo("receivable", "kam_reconciliation_menu"),
    click(`${row("Tour Client")} td[name=partner_id]`),
    click(button("action_send")),
    inState("sent"),
]);

addJob("kam_job_statement_answer", 3, () => [
    { ...click("a[href*='/my/reconciliations']"), expectUnloadPage: true },
    { ...click("table a[href*='/my/reconciliations/']"), expectUnloadPage: true },
    { ...click("button[name=decision][value=agree]"), expectUnloadPage: true },
    { trigger: ".o_kam_reconciliation:not(:has(button[name=decision]))" },
]);

addJob("kam_job_classification", 9, () => [
    ...goTo("clients", "kam_classification_menu"),
    click(".o_list_view .o_data_row .o_data_cell:first"),
    ...stepsOf("kam_head_classifies"),
]);

addJob("kam_job_hand_over", 8, () => [
    ...goTo("clients", "kam_client_menu"),
    click(".o_switch_view.o_list"),
    ...stepsOf("kam_head_hands_over"),
]);

addJob("kam_job_week", 5, () => [
    ...goTo("visit", "kam_visit_plan_menu"),
    click(".o_list_view .o_data_row td[name=week_start]"),
    ...stepsOf("kam_manager_plans"),
]);

addJob("kam_job_week_approval", 4, () => [
    ...goTo("visit", "kam_visit_plan_menu"),
    ...stepsOf("kam_head_approves_week"),
]);

addJob("kam_job_month", 4, () => [
    ...goTo("performance", "kam_cockpit_menu"),
    ...stepsOf("kam_head_closes_from_the_department"),
]);

addJob("kam_job_order", 7, () => [
    ...goTo("clients", "kam_client_menu"),
    click(card("Tour Client")),
    click(button("action_new_quotation")),
    click("div[name=order_line] .o_field_x2many_list_row_add > :is(a, button)"),
    edit("div[name=order_line] .o_selected_row div[name^=product_] input", "Tour Flour"),
    click(".o-autocomplete--dropdown-item:contains('Tour Flour')"),
    // the row is still edited: the product is the value of its input
    { trigger: "div[name=order_line] .o_data_row input:value('Tour Flour')" },
    // its price has come from the server: before, the buttons are drawn anew
    { trigger: "div[name=order_line] .o_data_row td[name=price_subtotal]:contains('1.00')" },
    click(".o_statusbar_buttons button[name=action_confirm]:visible"),
    inState("sale"),
]);
