import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("kam_manager_simulates_his_pay", {
    steps: () => [
        {
            content: "The steps of the pay are on the card",
            trigger: ".o_field_widget[name=pay_statement]:contains('By the scheme')",
        },
        {
            trigger: "button:contains('What If')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=more_turnover] input",
            run: "edit 100",
        },
        {
            trigger: ".modal .o_field_widget[name=more_active] input",
            run: "click",
        },
        {
            content: "What more turnover brings is told at once",
            trigger: ".modal .o_field_widget[name=gain]:contains('1,000.00')",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});

tours.add("kam_head_closes_from_the_department", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('kam_ann_first')",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_close_month]:visible",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains('kam_ann_first') .badge:contains('Closed')",
        },
    ],
});

tours.add("kam_manager_opens_a_part_of_growth", {
    steps: () => [
        {
            trigger: ".o_kam_waterfall_part:contains('Grown')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Tour Client')",
        },
    ],
});

tours.add("kam_manager_sends_a_report", {
    steps: () => [
        {
            trigger: ".o_statusbar_buttons button[name=action_submit]:visible",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button[data-value=submitted].o_arrow_button_current",
        },
    ],
});
