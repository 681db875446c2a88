import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/**
 * A form of entries that are made once and never changed: as long as an entry is new
 * it can be saved and discarded like any other, although nobody may write it later.
 */
export class EntryFormController extends FormController {
    get canEdit() {
        return this.mayEdit || (this.canCreate && this.model.root.isNew);
    }

    set canEdit(mayEdit) {
        this.mayEdit = mayEdit;
    }
}

registry.category("views").add("kam_entry_form", {
    ...formView,
    Controller: EntryFormController,
});
