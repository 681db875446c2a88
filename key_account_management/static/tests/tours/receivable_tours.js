import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const { DateTime } = luxon;
const inDays = (days) => DateTime.now().plus({ days }).toFormat("MM/dd/yyyy");
const input = (name) => `.modal div[name=${name}] :is(input, textarea)`;

tours.add("kam_controller_calls", {
    steps: () => [
        {
            content: "The case is on the board",
            trigger: ".o_kanban_record:contains('Tour Debtor')",
            run: "click",
        },
        {
            content: "What is overdue is on the case",
            trigger: "div[name=item_ids] .o_data_row:contains('500')",
        },
        {
            trigger: "div[name=priority_parts]:contains('10 days')",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_call]:visible",
            run: "click",
        },
        {
            content: "The figures are filled in",
            trigger: ".modal div[name=overdue]:contains('500')",
        },
        {
            content: "The same documents stand beside the note",
            trigger: ".modal div[name=item_ids] .o_data_row:contains('500')",
        },
        {
            trigger: input("result"),
            run: "edit Pays tomorrow",
        },
        {
            trigger: input("next_date"),
            run: `edit ${inDays(2)}`,
        },
        {
            trigger: input("promise_amount"),
            run: "edit 500",
        },
        {
            trigger: input("promise_date"),
            run: `edit ${inDays(1)}`,
        },
        {
            trigger: ".modal footer button[name=action_apply]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_notebook a[name=steps]",
            run: "click",
        },
        {
            content: "The call is in the log",
            trigger: "div[name=log_ids] :contains('Pays tomorrow')",
        },
        {
            content: "What was promised stands on the document",
            trigger: "div[name=item_ids] .o_data_row div[name=promised]:contains('500'), " +
                "div[name=item_ids] .o_data_row td[name=promised]:contains('500')",
        },
        {
            trigger: ".o_notebook a[name=promises]",
            run: "click",
        },
        {
            trigger: "div[name=promise_ids] .o_data_row:contains('500')",
        },
    ],
});

tours.add("kam_controller_goes_on", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('Tour Debtor')",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_next]:visible",
            run: "click",
        },
        {
            content: "The next case in the order of priority",
            trigger: "div[name=client_id]:contains('Tour Smaller')",
        },
        {
            trigger: "div[name=item_ids] .o_data_row:contains('90')",
        },
    ],
});

const field = (name) => `div[name=${name}] :is(input, textarea)`;
const option = (text) => `.o-autocomplete--dropdown-item:contains('${text}')`;

tours.add("kam_controller_enters_a_promise", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "A new promise is left by discarding it",
            trigger: ".o_form_status_indicator .o_form_button_cancel:visible",
            run: "click",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: field("client_id"),
            run: "edit Tour Debtor",
        },
        {
            trigger: option("Tour Debtor"),
            run: "click",
        },
        {
            trigger: field("amount"),
            run: "edit 100",
        },
        {
            trigger: field("date"),
            run: `edit ${inDays(3)}`,
        },
        {
            content: "An open document, with what is open and when it is due",
            trigger: field("move_ids"),
            run: "click",
        },
        {
            trigger: option("500.00 due"),
            run: "click",
        },
        {
            trigger: ".o_form_status_indicator .o_form_button_save:visible",
            run: "click",
        },
        {
            content: "Saved, it is not edited",
            trigger: "div[name=amount].o_readonly_modifier:contains('100')",
        },
    ],
});

tours.add("kam_controller_enters_a_dispute", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: field("move_id"),
            run: "click",
        },
        {
            trigger: option("500.00 due"),
            run: "click",
        },
        {
            trigger: field("amount"),
            run: "edit 40",
        },
        {
            trigger: field("reason"),
            run: "edit Short delivery",
        },
        {
            trigger: field("deadline"),
            run: `edit ${inDays(5)}`,
        },
        {
            trigger: ".o_form_status_indicator .o_form_button_save:visible",
            run: "click",
        },
        {
            trigger: "div[name=amount].o_readonly_modifier:contains('40')",
        },
    ],
});

tours.add("kam_controller_sees_it_kept", {
    steps: () => [
        {
            trigger: ".o_data_row:contains('Tour Debtor'):contains('Kept') .o_data_cell[name=amount]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value=kept]",
        },
    ],
});

const card = ".o_kanban_record:contains('Tour Debtor')";
const column = (name) => `.o_kanban_group:has(.o_column_title:contains('${name}'))`;

tours.add("kam_controller_drags", {
    steps: () => [
        {
            content: "Dragging a case forward asks for the reason",
            trigger: `${column("Call")} ${card}`,
            run: `drag_and_drop (${column("Head of Department")})`,
        },
        {
            trigger: ".modal div[name=stage_id] input:value('Head of Department')",
        },
        {
            trigger: input("reason"),
            run: "edit They do not answer",
        },
        {
            trigger: ".modal footer button[name=action_apply]",
            run: "click",
        },
        {
            content: "Dragging it back is refused",
            trigger: `body:not(:has(.modal)) ${column("Head of Department")} ${card}`,
            run: `drag_and_drop (${column("Call")})`,
        },
        {
            trigger: ".o_notification:contains('forward only')",
        },
        {
            trigger: `${column("Head of Department")} ${card}`,
        },
    ],
});
