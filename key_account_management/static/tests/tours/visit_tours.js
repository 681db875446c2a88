import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const row = (name) => `.o_list_view .o_data_row:contains('${name}')`;

tours.add("kam_manager_reports_phone", {
    steps: () => [
        {
            content: "One button of the card opens the report",
            trigger: ".o_form_view button[name=action_report_visit]:visible",
            run: "click",
        },
        {
            content: "Five fields, and nothing to scroll sideways",
            trigger: ".modal .o_field_widget[name=next_date] input",
            run() {
                const fields = document.querySelectorAll(".modal .o_field_widget:not(.o_readonly_modifier)");
                if (fields.length > 5) {
                    console.error(`${fields.length} fields instead of 5`);
                }
                const { scrollWidth, clientWidth } = document.documentElement;
                if (scrollWidth > clientWidth) {
                    console.error("The report is wider than the phone");
                }
            },
        },
        {
            trigger: ".modal div[name=kind_id] .o_radio_item:contains('Call') input",
            run: "click",
        },
        {
            trigger: ".modal div[name=outcome_id] .o_radio_item:contains('Agreed') input",
            run: "click",
        },
        {
            trigger: ".modal div[name=note] textarea",
            run: "edit They want the new goods",
        },
        {
            trigger: ".modal div[name=next_step] input",
            run: "edit Send the price list",
        },
        {
            trigger: ".modal div[name=next_date] input",
            run: "edit 12/31/2099",
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

tours.add("kam_manager_plans", {
    steps: () => [
        {
            content: "The week is proposed with its reasons",
            trigger: ".o_statusbar_buttons button[name=action_generate]:visible",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=visit_ids] .o_data_row:contains('never visited')",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_submit]:visible",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value=submitted]",
        },
        {
            content: "Nobody approves his own plan",
            trigger: ".o_statusbar_buttons:not(:has(button[name=action_approve]))",
        },
    ],
});

tours.add("kam_head_approves_week", {
    steps: () => [
        {
            trigger: row("kam_ann_first"),
        },
        {
            trigger: `${row("kam_ann_first")} td[name=week_start]`,
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=visit_ids] .o_data_row:contains('Tour Client')",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_approve]:visible",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value=approved]",
        },
    ],
});

tours.add("kam_visit_drag", {
    steps: () => [
        {
            trigger: ".scale_button_selection",
            run: "click",
        },
        {
            trigger: ".o_scale_button_month",
            run: "click",
        },
        {
            trigger: ".fc-dayGridMonth-view",
        },
        {
            trigger: ".o_calendar_button_next",
            run: "click",
        },
        {
            content: "A visit is moved to the 15th",
            trigger: ".fc-event:contains('Tour Client')",
            run: 'drag_and_drop .fc-daygrid-day[data-date$="15"] .fc-daygrid-day-events',
        },
        {
            trigger: ".fc-daygrid-day[data-date$='15'] .fc-event:contains('Tour Client')",
        },
    ],
});
