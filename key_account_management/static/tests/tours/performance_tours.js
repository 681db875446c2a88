import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const line = (name) => `.o_field_widget[name=line_ids] .o_data_row:contains('${name}')`;

tours.add("kam_manager_opens_a_number", {
    steps: () => [
        {
            content: "The card tells the total",
            trigger: ".o_kanban_record .o_kam_points",
            run: "click",
        },
        {
            content: "Each criterion opens its records",
            trigger: `${line("5.1")} button[name=action_open_records]`,
            run: "click",
        },
        {
            content: "The invoices of this month and of the base",
            trigger: ".o_list_view .o_data_row:contains('Tour Client'):contains('1,100.00')",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Tour Client'):contains('1,000.00')",
        },
    ],
});

tours.add("kam_head_closes_the_month", {
    steps: () => [
        {
            trigger: ".o_statusbar_buttons button[name=action_close]:visible",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button[data-value=closed].o_arrow_button_current",
        },
    ],
});

tours.add("kam_director_approves", {
    steps: () => [
        {
            trigger: ".o_statusbar_buttons button[name=action_approve]:visible",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button[data-value=approved].o_arrow_button_current",
        },
    ],
});

tours.add("kam_head_opens_the_quadrant", {
    steps: () => [
        {
            content: "From the ranking to the chart",
            trigger: ".o_list_buttons button:contains('Discipline and Result'), .o_control_panel button:contains('Discipline and Result')",
            run: "click",
        },
        {
            content: "A point opens its card",
            trigger: ".o_kam_quadrant_point:contains('kam_ann_first')",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=line_ids]",
        },
    ],
});
