import { registry } from "@web/core/registry";

const mode = (name) => ({ trigger: `.o_graph_button[data-mode=${name}].active` });
const byClient = {
    trigger: ".o_group_by_menu .o_menu_item:contains('Key Client')",
    run: "click",
};

registry.category("web_tour.tours").add("kam_line_joins_days_only", {
    steps: () => [
        { content: "Days are a line", ...mode("line") },
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        byClient,
        { content: "Clients are bars", ...mode("bar") },
        byClient,
        { content: "And days are a line again", ...mode("line") },
    ],
});
