import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component } from "@odoo/owl";

/**
 * The credit limit of a client as a bar: what is used, what this order takes, what is
 * left. It reads the fields of the record, so it moves while lines are typed.
 *
 * Options name the fields: limit, allowed (the limit with its tolerance), debt,
 * confirmed, order, headroom, overdue, currency.
 */
export class CreditBar extends Component {
    static template = "key_account_management.CreditBar";
    static props = {
        ...standardWidgetProps,
        fields: { type: Object },
    };

    amount(name) {
        return this.props.record.data[this.props.fields[name]] || 0;
    }

    format(value) {
        const currency = this.props.record.data[this.props.fields.currency];
        return formatCurrency(value, currency && currency.id, { trailingZeros: false });
    }

    get isShort() {
        return this.amount("headroom") < 0;
    }

    /** What the whole width stands for. */
    get scale() {
        const used = Math.max(this.amount("debt"), 0) + this.amount("confirmed");
        const order = Math.max(this.amount("order"), 0);
        const free = Math.max(this.amount("headroom"), 0);
        return Math.max(this.amount("allowed"), used + order + free) || 1;
    }

    width(value) {
        return (100 * Math.max(value, 0)) / this.scale;
    }

    get segments() {
        return ["debt", "confirmed", "order"]
            .map((name) => ({ name, width: this.width(this.amount(name)) }))
            .filter((segment) => segment.width > 0);
    }

    /** Where the limit (with its tolerance) ends, if something reaches beyond it. */
    get limitPosition() {
        const position = this.width(this.amount("allowed"));
        return position < 99.9 ? position : null;
    }

    get figures() {
        const headroom = this.amount("headroom");
        const overdue = this.amount("overdue");
        const tolerance = this.amount("allowed") - this.amount("limit");
        const figures = [
            {
                name: "limit",
                label: _t("Limit"),
                value: this.amount("limit"),
                note: tolerance > 0.001 ? `+ ${this.format(tolerance)}` : "",
            },
            { name: "debt", label: _t("Debt"), value: this.amount("debt") },
            { name: "confirmed", label: _t("Confirmed"), value: this.amount("confirmed") },
            { name: "order", label: _t("This order"), value: this.amount("order") },
            this.isShort
                ? { name: "short", label: _t("Short"), value: -headroom }
                : { name: "free", label: _t("Free"), value: headroom },
        ];
        if (overdue > 0) {
            figures.push({ name: "overdue", label: _t("Overdue"), value: overdue });
        }
        return figures;
    }

    get label() {
        return this.figures.map((f) => `${f.label} ${this.format(f.value)}`).join(", ");
    }
}

export const creditBar = {
    component: CreditBar,
    extractProps: ({ options }) => ({ fields: options }),
};

registry.category("view_widgets").add("kam_credit_bar", creditBar);
