import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const panel = "div[name=credit_panel]";

const askForRelease = [
    {
        content: "The order is held and says so",
        trigger: `${panel} .o_kam_credit_state:not(:empty), ${panel} .o_kam_short`,
    },
    {
        content: "Ask for release",
        trigger: `${panel} button.btn-primary:visible`,
        run: "click",
    },
    {
        content: "Say why",
        trigger: ".modal div[name=comment] textarea",
        run: "edit Paid tomorrow",
    },
    {
        trigger: ".modal footer button[name=action_apply]",
        run: "click",
    },
    {
        trigger: "body:not(:has(.modal))",
    },
];

tours.add("kam_manager_is_held", {
    steps: () => [
        {
            content: "The bar shows that the order does not fit",
            trigger: `${panel} .o_kam_figure_short`,
        },
        {
            content: "Confirm it all the same",
            trigger: ".o_statusbar_buttons button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "A notification names the order",
            trigger: ".o_notification_bar.bg-warning, .o_notification",
        },
        {
            trigger: "div[name=credit_outcome] .o_kam_credit_message:not(:empty)",
        },
        ...askForRelease,
    ],
});

tours.add("kam_manager_is_held_phone", {
    steps: () => [
        {
            content: "The bar fits the screen",
            trigger: `${panel} .o_kam_figure_short`,
            run() {
                const { scrollWidth, clientWidth } = document.documentElement;
                if (scrollWidth > clientWidth) {
                    console.error("The order form is wider than the phone");
                }
            },
        },
        {
            trigger: ".o_statusbar_buttons .dropdown-toggle",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: "div[name=credit_outcome] .o_kam_credit_message:not(:empty)",
        },
        ...askForRelease,
    ],
});

tours.add("kam_controller_releases", {
    steps: () => [
        {
            content: "The case is on the board",
            trigger: ".o_kanban_record:contains('Tour Client') button[name=action_open_release]",
            run: "click",
        },
        {
            trigger: ".modal div[name=reason] input",
            run: "edit Money seen",
        },
        {
            trigger: ".modal footer button[name=action_apply]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "Nothing is left to decide on it",
            trigger:
                ".o_kanban_record:contains('Tour Client'):not(:has(button[name=action_open_release]))",
        },
    ],
});

tours.add("kam_manager_confirms", {
    steps: () => [
        {
            trigger: ".o_statusbar_buttons button[name=action_confirm]:visible",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value=sale]",
        },
    ],
});

tours.add("kam_manager_cuts", {
    steps: () => [
        {
            trigger: `${panel} button[name=action_credit_cut]`,
            run: "click",
        },
        {
            content: "What is proposed fits",
            trigger: ".modal .text-success:contains('fits the limit')",
        },
        {
            trigger: ".modal .o_data_row td[name=quantity]",
            run: "click",
        },
        {
            trigger: ".modal .o_selected_row td[name=quantity] input",
            run: "edit 10",
        },
        {
            content: "The remainder follows what is typed",
            trigger: ".modal .o_form_sheet",
            run: "click",
        },
        {
            trigger: ".modal .text-danger:contains('Still to take off')",
        },
        {
            trigger: ".modal .o_data_row td[name=quantity]",
            run: "click",
        },
        {
            trigger: ".modal .o_selected_row td[name=quantity] input",
            run: "edit 6",
        },
        {
            trigger: ".modal .o_form_sheet",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_apply]:contains('Confirm Again')",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value=sale]",
        },
    ],
});

tours.add("kam_bar_moves", {
    steps: () => [
        {
            trigger: `${panel} .o_kam_figure_short .o_kam_value:contains('500')`,
        },
        {
            trigger: "div[name=order_line] .o_data_row td[name=price_unit]",
            run: "click",
        },
        {
            trigger: "div[name=order_line] .o_data_row td[name=price_unit] input",
            run: "edit 400",
        },
        {
            trigger: "div[name=order_line] .o_data_row td[name=product_uom_qty]",
            run: "click",
        },
        {
            content: "Nothing is saved, yet the bar has moved",
            trigger: `${panel} .o_kam_figure_free .o_kam_value:contains('600')`,
        },
        {
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        {
            trigger: `${panel} .o_kam_figure_short .o_kam_value:contains('500')`,
        },
    ],
});

tours.add("kam_client_drag", {
    steps: () => [
        {
            trigger: ".o_kanban_group:eq(0) .o_kanban_record:contains('Tour Client')",
            run: "drag_and_drop(.o_kanban_group:eq(1))",
        },
        {
            trigger: ".o_kanban_group:eq(1) .o_kanban_record:contains('Tour Client')",
        },
    ],
});
