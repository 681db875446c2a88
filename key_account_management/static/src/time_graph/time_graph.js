import { registry } from "@web/core/registry";
import { graphView } from "@web/views/graph/graph_view";

/** A line joins the days of one thing: grouped by clients it would join strangers. */
export class TimeGraphModel extends graphView.Model {
    _buildMetaData(params) {
        const metaData = super._buildMetaData(params);
        const first = metaData.fields[metaData.groupBy[0]?.fieldName];
        const isTime = ["date", "datetime"].includes(first?.type);
        if (metaData.mode === "line" && !isTime) {
            this.line = { order: metaData.order };
            Object.assign(metaData, { mode: "bar", order: "DESC" });
        } else if (this.line && isTime) {
            Object.assign(metaData, { mode: "line", order: this.line.order });
            this.line = null;
        }
        return metaData;
    }
}

registry.category("views").add("kam_time_graph", {
    ...graphView,
    Model: TimeGraphModel,
});
