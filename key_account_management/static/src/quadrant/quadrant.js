import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatFloat } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";

const SIZE = 400;

/** Managers of a month by discipline (across) and result (up); a point opens its card. */
export class Quadrant extends Component {
    static template = "key_account_management.Quadrant";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = { controlPanel: {} };
        this.size = SIZE;
        this.state = useState({ month: false, months: [], points: [] });
        this.env.config.setDisplayName(_t("Discipline and Result"));
        onWillStart(() => this.load(false));
    }

    async load(month) {
        Object.assign(
            this.state,
            await this.orm.call("kam.scorecard", "get_quadrant", [month])
        );
    }

    get points() {
        return this.state.points.map((point) => ({
            ...point,
            x: (point.discipline * SIZE) / 100,
            y: SIZE - (point.result * SIZE) / 100,
            anchor: point.discipline > 70 ? "end" : "start",
            shift: point.discipline > 70 ? -10 : 10,
            color: this.getColor(point),
            title: _t("%(name)s: discipline %(discipline)s, result %(result)s", {
                name: point.name,
                discipline: formatFloat(point.discipline, { digits: [16, 1] }),
                result: formatFloat(point.result, { digits: [16, 1] }),
            }),
        }));
    }

    getColor({ discipline, result }) {
        const count = (discipline >= 50) + (result >= 50);
        return ["o_kam_bad", "o_kam_warning", "o_kam_good"][count];
    }

    open(point) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "kam.scorecard",
            res_id: point.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("kam_quadrant", Quadrant);
