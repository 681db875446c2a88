import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";

/**
 * The board of collection cases: dragging a case to a later stage asks for the reason
 * and sends nothing; an earlier stage is refused.
 */
export class CollectionKanbanRenderer extends KanbanRenderer {
    setup() {
        super.setup();
        this.actionService = useService("action");
        this.notificationService = useService("notification");
    }

    async sortRecordDrop(dataRecordId, dataGroupId, params) {
        const { list } = this.props;
        const targetId = params.parent?.dataset.id;
        if (!list.isGrouped || list.groupByField.name !== "stage_id") {
            return super.sortRecordDrop(dataRecordId, dataGroupId, params);
        }
        params.parent?.classList.remove("o_kanban_hover");
        const ids = list.groups.map((group) => group.id);
        const steps = ids.indexOf(targetId) - ids.indexOf(dataGroupId);
        if (steps < 0) {
            this.notificationService.add(
                _t("A case goes forward only: it cannot return to a stage."),
                { type: "warning" }
            );
        } else if (steps > 0) {
            const record = list.records.find((record) => record.id === dataRecordId);
            const stage = list.groups.find((group) => group.id === targetId);
            await this.askReason(record.resId, stage.value);
        }
    }

    /** Open the dialog that moves a case forward; the board follows what it does. */
    askReason(caseId, stageId) {
        return this.actionService.doAction(
            "key_account_management.kam_collection_forward_action",
            {
                additionalContext: { active_id: caseId, default_stage_id: stageId },
                onClose: () => this.props.list.model.load(),
            }
        );
    }
}

registry.category("views").add("kam_collection_kanban", {
    ...kanbanView,
    Renderer: CollectionKanbanRenderer,
});
