import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** What would lift the total most, each with its gain in points. */
export class LiftList extends Component {
    static template = "key_account_management.LiftList";
    static props = { ...standardFieldProps };

    get lifts() {
        return this.props.record.data[this.props.name] || [];
    }

    gain(lift) {
        return `+${formatFloat(lift.gain, { digits: [16, 1] })}`;
    }
}

registry.category("fields").add("kam_lifts", {
    component: LiftList,
    supportedTypes: ["jsonb", "json"],
});
