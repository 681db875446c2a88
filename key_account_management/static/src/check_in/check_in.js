import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const PATIENCE = 5000; // milliseconds to wait for a position

/** Where the phone is; null if it has no position or its user does not agree. */
function findPosition() {
    if (!navigator.geolocation) {
        return Promise.resolve(null);
    }
    return new Promise((resolve) => {
        navigator.geolocation.getCurrentPosition(
            ({ coords }) => resolve(coords),
            () => resolve(null),
            { timeout: PATIENCE, maximumAge: 60000 }
        );
    });
}

/** Arrived and left: two buttons that note the time, and the position on arrival. */
export class CheckIn extends Component {
    static template = "key_account_management.CheckIn";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ isBusy: false });
    }

    get label() {
        return this.props.record.data.check_in ? _t("Leave") : _t("Arrive");
    }

    get isShown() {
        const { record } = this.props;
        return record.resId && record.data.decision === "open" && !record.data.check_out;
    }

    async onClick() {
        const { record } = this.props;
        this.state.isBusy = true;
        try {
            if (!(await record.save())) {
                return;
            }
            if (record.data.check_in) {
                await this.orm.call("kam.visit", "action_check_out", [[record.resId]]);
            } else {
                const position = await findPosition();
                const kwargs = position && {
                    latitude: position.latitude,
                    longitude: position.longitude,
                };
                await this.orm.call(
                    "kam.visit",
                    "action_check_in",
                    [[record.resId]],
                    kwargs || {}
                );
                if (!position) {
                    this.notification.add(_t("Noted without a position."));
                }
            }
            await record.load();
        } finally {
            this.state.isBusy = false;
        }
    }
}

registry.category("view_widgets").add("kam_check_in", {
    component: CheckIn,
    fieldDependencies: [
        { name: "check_in", type: "datetime" },
        { name: "check_out", type: "datetime" },
        { name: "decision", type: "selection" },
    ],
});
