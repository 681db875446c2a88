import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

const TONES = { new: "success", grown: "success", declined: "danger", lost: "danger" };
const DOWN = ["declined", "lost"];

/** From a start over gains and losses to an end; each part opens its clients. */
export class Waterfall extends Component {
    static template = "key_account_management.Waterfall";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get bars() {
        const parts = this.props.record.data[this.props.name] || [];
        let level = 0;
        const bars = parts.map((part) => {
            const isWhole = part.key === "start" || part.key === "end";
            const from = isWhole ? 0 : level;
            level = isWhole ? part.value : level + (DOWN.includes(part.key) ? -1 : 1) * part.value;
            return { ...part, low: Math.min(from, level), high: Math.max(from, level) };
        });
        const floor = Math.min(0, ...bars.map((bar) => bar.low));
        const span = Math.max(...bars.map((bar) => bar.high), 0) - floor || 1;
        return bars.map((bar) => ({
            ...bar,
            tone: TONES[bar.key] || "info",
            bottom: (100 * (bar.low - floor)) / span,
            height: Math.max(0.5, (100 * (bar.high - bar.low)) / span),
        }));
    }

    async open(bar) {
        const record = this.props.record;
        if (!(await record.save())) {
            return;
        }
        this.action.doAction(
            await this.orm.call(record.resModel, "action_open_part", [[record.resId], bar.key])
        );
    }
}

registry.category("fields").add("kam_waterfall", {
    component: Waterfall,
    supportedTypes: ["jsonb", "json"],
});
