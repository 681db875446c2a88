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
            trigger: ".o_statusbar_buttons button[name=action_call]:visible",
            run: "click",
        },
        {
            content: "The figures are filled in",
            trigger: ".modal div[name=overdue]:contains('500')",
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
            content: "The call is in the log",
            trigger: "body:not(:has(.modal)) div[name=step_ids] :contains('Pays tomorrow')",
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
