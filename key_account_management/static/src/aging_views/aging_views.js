import { registry } from "@web/core/registry";
import { graphView } from "@web/views/graph/graph_view";
import { pivotView } from "@web/views/pivot/pivot_view";

/** The aging with a button to see it as of another day, as a workbook or on paper. */
registry.category("views").add("kam_aging_pivot", {
    ...pivotView,
    buttonTemplate: "key_account_management.AgingPivotButtons",
});
registry.category("views").add("kam_aging_graph", {
    ...graphView,
    buttonTemplate: "key_account_management.AgingGraphButtons",
});
