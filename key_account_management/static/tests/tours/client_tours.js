import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const row = (name) => `.o_list_view .o_data_row:contains('${name}')`;

tours.add("kam_head_classifies", {
    steps: () => [
        {
            content: "Compute the run that was prepared",
            trigger: ".o_statusbar_buttons button[name=action_compute]:visible",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_open_waiting]:visible",
            run: "click",
        },
        {
            content: "Only what is to decide is shown at first",
            trigger: `.o_list_view:not(:has(.o_data_row:contains('Tour Small')))`,
        },
        {
            content: "Who buys much becomes a key client",
            trigger: `${row("Tour Big")} button[name=action_accept]`,
            run: "click",
        },
        {
            trigger: `.o_list_view:not(:has(.o_data_row:contains('Tour Big')))`,
        },
        {
            content: "Who buys nothing any more stays one all the same",
            trigger: `${row("Tour Client")} button[name=action_refuse]`,
            run: "click",
        },
        {
            trigger: ".o_view_nocontent",
        },
        {
            content: "Back to the run",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item:last a",
            run: "click",
        },
        {
            content: "Nothing is left to decide, so closing asks no more",
            trigger: ".o_statusbar_buttons button.btn-primary[name=action_done]:visible",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value=done]",
        },
    ],
});

tours.add("kam_head_hands_over", {
    steps: () => [
        {
            trigger: `${row("Tour Client")} .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: ".o_control_panel .o_cp_action_menus .dropdown-toggle:has(.fa-cog)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains('Hand Over')",
            run: "click",
        },
        {
            content: "The chosen client is listed",
            trigger: ".modal div[name=client_ids] .o_data_row:contains('Tour Client')",
        },
        {
            trigger: ".modal div[name=manager_id] input",
            run: "edit Tour Successor",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Tour Successor')",
            run: "click",
        },
        {
            trigger: ".modal div[name=reason] :is(input, textarea)",
            run: "edit New districts",
        },
        {
            trigger: ".modal footer button[name=action_apply]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});
