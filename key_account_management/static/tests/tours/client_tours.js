import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

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

const today = luxon.DateTime.now().toFormat("MM/dd/yyyy");
const choose = (field, name) => [
    {
        trigger: `div[name=${field}] input`,
        run: `edit ${name}`,
    },
    {
        trigger: `div[name=${field}] .o-autocomplete--dropdown-item:contains('${name}')`,
        run: "click",
    },
];

tours.add("kam_head_makes_a_substitution", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        ...choose("absent_user_id", "Tour Absent"),
        ...choose("substitute_user_id", "Tour Substitute"),
        {
            content: "The absence is today",
            trigger: "input[data-field=date_from]",
            run: `edit ${today} && press Tab`,
        },
        {
            trigger: "input[data-field=date_to]",
            run: `edit ${today} && press Tab`,
        },
        {
            trigger: "div[name=note] textarea",
            run: "edit Keys are with the porter",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "It is active at once, and work can be handed over",
            trigger: ".o_arrow_button_current[data-value=active]",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_transfer]:visible",
            run: "click",
        },
        {
            content: "The visit of the day is offered",
            trigger: ".modal div[name=visit_ids] .o_data_row:contains('Tour Client')",
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

tours.add("kam_substitute_works", {
    steps: () => [
        {
            content: "The client of the absent manager is there",
            trigger: ".o_kanban_view .o_kanban_record:contains('Tour Client'), .o_data_row:contains('Tour Client') .o_data_cell",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_new_quotation]:visible",
            run: "click",
        },
        {
            trigger: ".o_form_view div[name=partner_id] input:value(Tour Client)",
        },
        ...stepUtils.saveForm(),
        {
            content: "It says who entered it and for whom",
            trigger: ".o-mail-Message:contains('Entered by Tour Substitute on behalf of Tour Absent')",
        },
    ],
});
