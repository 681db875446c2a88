import { DeskTile } from "@key_account_management/desk_tile/desk_tile";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";

/**
 * My desk: what is on today for the roles of the user, as tiles (`kam.desk`).
 *
 * Every figure opens the records that it counts or adds up.
 */
export class Desk extends Component {
    static template = "key_account_management.Desk";
    static components = { DeskTile, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.ui = useService("ui");
        this.display = { controlPanel: {} };
        this.state = useState({ tiles: [], currencyId: false, isLoading: false });
        this.env.config.setDisplayName(_t("My Desk"));
        onWillStart(() => this.load());
    }

    async load() {
        this.state.isLoading = true;
        try {
            const data = await this.orm.call("kam.desk", "get_data");
            this.state.tiles = data.tiles;
            this.state.currencyId = data.currency_id;
        } finally {
            this.state.isLoading = false;
        }
    }

    /** How many tiles stand side by side, so that the rows are full. */
    get columns() {
        const count = this.state.tiles.length;
        return count <= 3 ? Math.max(count, 1) : count === 4 ? 2 : count <= 6 ? 3 : 4;
    }

    /** Open one record, or the records behind a figure. */
    async open(target) {
        if (target.id) {
            return this.action.doAction({
                type: "ir.actions.act_window",
                res_model: target.model,
                res_id: target.id,
                views: [[false, "form"]],
            });
        }
        const action = await this.action.loadAction(target.action);
        if (target.domain.length) {
            // exactly the records that were counted: without the filters of the menu
            action.domain = target.domain;
            action.context = Object.fromEntries(
                Object.entries(action.context).filter(
                    ([name]) => !name.startsWith("search_default_")
                )
            );
            action.name = target.title;
            action.display_name = target.title;
        }
        const isList = target.domain.length && !this.ui.isSmall;
        return this.action.doAction(action, isList ? { viewType: "list" } : {});
    }
}

registry.category("actions").add("kam_desk", Desk);
