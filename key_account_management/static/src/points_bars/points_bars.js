import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** The points of the criteria of a card as bars: green good, amber middling, red bad. */
export class PointsBars extends Component {
    static template = "key_account_management.PointsBars";
    static props = { ...standardFieldProps };

    get bars() {
        return this.props.record.data[this.props.name] || [];
    }

    colorClass(bar) {
        if (bar.points >= 80) {
            return "bg-success";
        }
        return bar.points >= 50 ? "bg-warning" : "bg-danger";
    }

    width(bar) {
        return bar.applicable ? Math.max(2, Math.min(100, bar.points)) : 0;
    }

    text(bar) {
        // 99.7 points are not yet 100
        return bar.applicable ? formatFloat(Math.floor(bar.points), { digits: [16, 0] }) : "–";
    }
}

registry.category("fields").add("kam_points_bars", {
    component: PointsBars,
    supportedTypes: ["jsonb", "json"],
});
