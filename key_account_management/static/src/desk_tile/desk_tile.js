import { DeskChart } from "@key_account_management/desk_chart/desk_chart";
import { formatCurrency } from "@web/core/currency";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { Component } from "@odoo/owl";

/** One tile of My desk: figures on top, then a chart, then lines. */
export class DeskTile extends Component {
    static template = "key_account_management.DeskTile";
    static components = { DeskChart };
    static props = {
        tile: { type: Object },
        currencyId: { type: [Number, Boolean] },
        open: { type: Function },
    };

    setup() {
        this.format = this.format.bind(this);
    }

    format(figure, isShort = false) {
        if (figure.kind === "money") {
            return formatCurrency(figure.value, figure.currency || this.props.currencyId, {
                humanReadable: isShort && Math.abs(figure.value) >= 100000,
                digits: [16, Math.abs(figure.value) >= 1000 ? 0 : 2],
                trailingZeros: false,
            });
        }
        if (figure.kind === "points") {
            return formatFloat(figure.value, { digits: [16, 1] });
        }
        return formatInteger(figure.value);
    }

    textClass(figure) {
        // a colour in a text means something: good, look, bad
        return figure.tone ? `text-${figure.tone}` : "";
    }
}
