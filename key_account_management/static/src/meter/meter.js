import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { formatPercentage } from "@web/views/fields/formatters";
import { Component } from "@odoo/owl";

/**
 * A share (1 is full) as a small bar: amber from 90 % on, red when it is over.
 *
 * Option ``headroom_field``: a field that is below zero when it is over, whatever the
 * share (a limit of 0 has none).
 */
export class Meter extends Component {
    static template = "key_account_management.Meter";
    static props = {
        ...standardFieldProps,
        headroomField: { type: String, optional: true },
    };

    get value() {
        return this.props.record.data[this.props.name] || 0;
    }

    get isOver() {
        const headroom = this.props.record.data[this.props.headroomField];
        return this.value > 1 || (headroom !== undefined && headroom < 0);
    }

    get colorClass() {
        if (this.isOver) {
            return "bg-danger";
        }
        return this.value >= 0.9 ? "bg-warning" : "bg-success";
    }

    get width() {
        return this.isOver && !this.value ? 100 : Math.max(0, Math.min(100, 100 * this.value));
    }

    get text() {
        // of 99.7 % something is free, and 100.3 % is too much: neither is 100 %
        const isAlmostFull = this.value !== 1 && Math.round(100 * this.value) === 100;
        const share = this.value < 1 ? Math.min(this.value, 0.999) : Math.max(this.value, 1.001);
        return formatPercentage(isAlmostFull ? share : this.value, {
            digits: [16, isAlmostFull ? 1 : 0],
        });
    }
}

export const meter = {
    component: Meter,
    supportedTypes: ["float"],
    extractProps: ({ options }) => ({ headroomField: options.headroom_field }),
};

registry.category("fields").add("kam_meter", meter);
