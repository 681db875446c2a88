import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

const WIDTH = 240;
const HEIGHT = 60;
const MARGIN = 6;

/** Totals of the last months (0 to 100 points) as a line. */
export class TrendChart extends Component {
    static template = "key_account_management.TrendChart";
    static props = { ...standardFieldProps };

    get size() {
        return { width: WIDTH, height: HEIGHT };
    }

    get points() {
        const values = this.props.record.data[this.props.name] || [];
        const top = Math.max(100, ...values.map((entry) => entry.value));
        const step = (WIDTH - 2 * MARGIN) / Math.max(1, values.length - 1);
        return values.map((entry, index) => ({
            key: entry.label,
            title: `${entry.label}: ${formatFloat(entry.value, { digits: [16, 1] })}`,
            x: MARGIN + index * step,
            y: HEIGHT - MARGIN - (entry.value / top) * (HEIGHT - 2 * MARGIN),
        }));
    }

    get line() {
        return this.points.map((point) => `${point.x},${point.y}`).join(" ");
    }

    get first() {
        return (this.props.record.data[this.props.name] || []).at(0)?.label;
    }

    get last() {
        return (this.props.record.data[this.props.name] || []).at(-1)?.label;
    }
}

registry.category("fields").add("kam_trend", {
    component: TrendChart,
    supportedTypes: ["jsonb", "json"],
});
