from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...models.performance import growth


class KamGrowth(models.TransientModel):
    """Where growth came from: the bridge, like for like, price and mix, segments."""

    _name = "kam.growth"
    _description = "Growth"
    _inherit = ["kam.dialog.mixin"]

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Key Account Manager",
        domain="[('id', 'in', choice_ids)]",
        help="Empty: all those whom you may see.",
    )
    choice_ids = fields.Many2many(
        comodel_name="res.users", compute="_compute_choice_ids"
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.start_of(self._default_day(), "year"),
    )
    date_to = fields.Date(
        string="To", required=True, default=lambda self: self._default_day()
    )
    base_from = fields.Date(
        string="Base from",
        compute="_compute_base",
        store=True,
        readonly=False,
        precompute=True,
    )
    base_to = fields.Date(
        string="Base to",
        compute="_compute_base",
        store=True,
        readonly=False,
        precompute=True,
    )
    bridge = fields.Json(compute="_compute_bridge")
    details = fields.Html(compute="_compute_bridge", sanitize=False)

    @api.model
    def _default_day(self):
        return self.env.company._kam_today()

    @api.depends_context("uid")
    def _compute_display_name(self):
        self.display_name = self.env._("Growth")

    @api.depends_context("uid")
    def _compute_choice_ids(self):
        self.choice_ids = self._get_choice()

    @api.depends("date_from", "date_to")
    def _compute_base(self):
        """The same days a year ago."""
        year = relativedelta(years=1)
        for view in self:
            view.base_from = view.date_from and view.date_from - year
            view.base_to = view.date_to and view.date_to - year

    def _get_choice(self):
        """Return the managers whose growth the user may see.

        sudo: a head reads the members of the teams he leads, of whatever company.
        """
        user = self.env.user
        users = self.env["res.users"].sudo()
        if user._has_kam_roles("director"):
            clients = self.env["kam.client"].sudo().with_context(active_test=False)
            found = clients._read_group(
                [("manager_id", "!=", False)], [], ["manager_id:recordset"]
            )
            return (found[0][0] | user).sudo(False)
        if user._has_kam_roles("head"):
            teams = self.env["crm.team"].sudo().search([("user_id", "=", user.id)])
            users = teams.member_ids
        return (users | user).sudo(False)

    def _get_whose(self):
        """Return the managers that are looked at; empty: all.

        :raise AccessError: for a manager of another head
        """
        self.ensure_one()
        choice = self._get_choice()
        if self.user_id and self.user_id not in choice:
            raise AccessError(
                self.env._("%s is not in a team of yours.", self.user_id.name)
            )
        if self.user_id or not self.env.user._has_kam_roles("director"):
            return self.user_id or choice
        return self.env["res.users"]

    def _get_periods(self):
        return self.base_from, self.base_to, self.date_from, self.date_to

    @api.depends("user_id", "date_from", "date_to", "base_from", "base_to")
    @api.depends_context("uid", "lang", "company")
    def _compute_bridge(self):
        for view in self:
            view.bridge = view.details = False
            if all(view._get_periods()):
                view._fill_bridge()

    def _fill_bridge(self):
        """Fill in the bridge, and what follows from the same turnovers."""
        clients = self.env["kam.client"]
        whose, periods = self._get_whose(), self._get_periods()
        rows = clients._get_turnovers(whose, *periods)
        bridge = growth.get_bridge(rows)
        currency = self.env.company.root_id.sudo().currency_id

        def money(amount):
            return currency.format(float(amount))

        names = self._get_names()
        self.bridge = [
            {
                "key": key,
                "name": name,
                "value": float(bridge[key]),
                "text": money(bridge[key]),
            }
            for key, name in names.items()
        ]
        before, after = growth.get_like_for_like(rows)
        self.details = self.env["ir.qweb"]._render(
            "key_account_management.kam_growth_details",
            {
                "money": money,
                "like_for_like": (before, after),
                "rate": 100 * (after - before) / before if before else None,
                "split": clients._get_price_split(whose, *periods),
                "segments": self._get_segments(rows),
            },
        )

    def _get_names(self):
        """Return dict part of the bridge -> its name, in their order."""
        return {
            "start": self.env._("Base Period"),
            "new": self.env._("New Clients"),
            "grown": self.env._("Grown"),
            "declined": self.env._("Declined"),
            "lost": self.env._("Lost"),
            "end": self.env._("This Period"),
        }

    def _get_segments(self, rows):
        """Return what each channel and region bought, and the share that is active.

        Channel is the industry, region the state of the main legal entity; sudo: a
        client's address, of turnover that the user may see.

        :return: dict name of the grouping -> list of (segment, base, now, clients,
            active ones), the largest first
        """
        clients = self.env["kam.client"].sudo().browse(row[0] for row in rows)
        amounts = {row[0]: row[1:] for row in rows}
        kinds = {
            self.env._("Channel"): lambda c: c.main_partner_id.industry_id.name,
            self.env._("Region"): lambda c: c.main_partner_id.state_id.name,
        }
        found = {}
        for title, get_name in kinds.items():
            groups = clients.grouped(lambda c, get=get_name: get(c) or "–")
            segments = []
            for name, group in groups.items():
                pairs = [amounts[client.id] for client in group]
                base, now = (sum(column) for column in zip(*pairs, strict=True))
                active = sum(pair[1] > 0 for pair in pairs)
                segments.append((name, base, now, len(group), active))
            found[title] = sorted(segments, key=lambda row: -row[2])
        return found

    def action_open_part(self, part):
        """Open the clients of a part of the bridge.

        :param part: new, grown, declined or lost; anything else: all of them
        """
        self.ensure_one()
        bridge = self.env["kam.client"]._bridge(self._get_whose(), *self._get_periods())
        groups = bridge["clients"]
        ids = groups.get(part) if isinstance(part, str) else None
        if ids is None:
            ids = [client_id for group in groups.values() for client_id in group]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "key_account_management.kam_client_action"
        )
        action["domain"] = [("id", "in", ids)]
        action["context"] = {"active_test": False}
        action["views"] = [[False, "list"], [False, "form"]]
        return action
