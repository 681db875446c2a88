from odoo import models


class KamDeskStart(models.AbstractModel):
    """What to do first, and what is not configured yet."""

    _name = "kam.desk.start"
    _description = "My Desk: First Steps"
    _inherit = ["kam.desk.tile"]

    _gap_actions = {
        "kam.client": "kam_client_action",
        "res.users": "base.action_res_users",
    }

    def _tile_start(self, morning):
        """Return what to do first; None where there is a key client."""
        if morning.clients:
            return None
        if {"admin", "director", "head"} & set(morning.roles):
            return self._start_leader()
        if "manager" in morning.roles:
            return self._start_manager()
        return self._tile(
            self.env._("First Steps"),
            text=self.env._(
                "There is no key client yet. The head of department makes key clients "
                "from customers; their orders and debts are then here."
            ),
        )

    def _start_leader(self):
        return self._tile(
            self.env._("First Steps"),
            text=self.env._(
                "There is no key client yet. Make the first ones from your customers: "
                "by hand, or by the turnover of a year."
            ),
            rows=[
                self._step(
                    self.env._("Choose customers and press Make Key Client"),
                    "base.action_partner_form",
                    "res.partner",
                ),
                self._step(
                    self.env._("Classify the customers by turnover"),
                    "kam_classification_action",
                    "kam.classification",
                ),
            ],
        )

    def _start_manager(self):
        head = self.env.user.sudo().sale_team_id.user_id
        return self._tile(
            self.env._("First Steps"),
            text=self.env._(
                "No key client is yours yet. Ask %(head)s to hand clients over to you: "
                "their orders on hold, money and risks are then here.",
                head=head.name or self.env._("the head of department"),
            ),
        )

    def _step(self, title, action, model):
        opens = self._open(action, model, [], title)
        return self._row(self.env[model], title, opens=opens)

    def _tile_setup(self, morning):
        """Return what is not configured yet; None if everything is."""
        figures = [figure for figure in self._gaps(morning) if figure["value"]]
        rows = [
            self._step(title, action, model)
            for title, action, model in self._switches(morning)
        ]
        if not figures and not rows:
            return None
        return self._tile(self.env._("Not Set Up Yet"), figures, rows)

    def _gaps(self, morning):
        """Yield how many records miss what the daily work needs."""
        line = ("credit_line_ids", "not any", [("company_id", "=", morning.company.id)])
        group_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "key_account_management.group_kam_user"
        )
        clients, users = self.env["kam.client"], self.env["res.users"]
        lone = [("group_ids", "in", group_id), ("sale_team_id", "=", False)]
        gaps = (
            (
                self.env._("Clients without a manager"),
                clients,
                [("manager_id", "=", False)],
            ),
            (
                self.env._("Clients without a tier"),
                clients,
                [("tier_id", "=", False)],
            ),
            (
                self.env._("Clients without a credit line"),
                clients,
                [line],
            ),
            (
                self.env._("Managers without a team"),
                users,
                lone,
            ),
        )
        counts = self._count_all([(gap[1]._name, gap[2]) for gap in gaps])
        for (label, model, domain), number in zip(gaps, counts, strict=True):
            action = self._gap_actions[model._name]
            opens = self._open(action, model._name, domain, label)
            yield self._figure(label, number, opens, tone="warning")

    def _switches(self, morning):
        """Return (title, action, model) of what is off as a whole."""
        if not morning.company.kam_ladder_start:
            yield (
                self.env._("The dunning ladder is off: start it"),
                "kam_collection_start_action",
                "kam.collection.start",
            )
        is_system = self.env.user.has_group("base.group_system")
        if is_system and not morning.company.kam_accountant_id:
            yield (
                self.env._("Nobody is asked to match payments: name the accountant"),
                "res_config_settings_action",
                "res.config.settings",
            )
