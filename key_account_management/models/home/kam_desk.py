from odoo import api, models
from odoo.exceptions import AccessError

from .morning import Morning

LEADERS = ("admin", "director", "head")
SELLERS = (*LEADERS, "manager")


class KamDesk(models.AbstractModel):
    """*My desk*: what is on today, for the roles of the user, in one call.

    This room asks the other rooms; they know nothing of it.
    """

    _name = "kam.desk"
    _description = "My Desk"

    @api.model
    def _get_tiles(self):
        """Return (name, model, roles) of all tiles, in the order of the screen.

        The seam by which tiles join: the model has a method ``_tile_<name>(morning)``
        (see `kam.desk.tile`), which is called for users of one of the roles.
        """
        return [
            ("setup", "kam.desk.start", ("admin",)),
            ("approvals", "kam.desk.check", LEADERS),
            ("queue", "kam.desk.credit", ("credit",)),
            ("visits", "kam.desk.visit", SELLERS),
            ("holds", "kam.desk.credit", (*SELLERS, "support")),
            ("money", "kam.desk.receivable", SELLERS),
            ("risk", "kam.desk.receivable", SELLERS),
            ("plan", "kam.desk.performance", SELLERS),
            ("score", "kam.desk.performance", ("manager",)),
            ("managers", "kam.desk.receivable", ("director", "head")),
            ("checks", "kam.desk.check", ("credit",)),
            ("cases", "kam.desk.receivable", ("credit",)),
            ("letters", "kam.desk.receivable", ("credit",)),
            ("expiring", "kam.desk.credit", ("credit",)),
            ("drafts", "kam.desk.order", ("support",)),
        ]

    @api.model
    @api.readonly
    def get_data(self):
        """Return the tiles of the user's roles, for the current company.

        Figures are those of the records that the user may read, in the currency of
        the (root) company.

        :return: dict ``roles``, ``currency_id``, ``tiles``
        :raise AccessError: for a user without a role in key accounts
        """
        morning = Morning(self.env)
        if not morning.roles:
            raise AccessError(
                self.env._(
                    "My Desk is for the people who work with key accounts. Ask the "
                    "administrator for a role."
                )
            )
        return {
            "roles": morning.roles,
            "currency_id": morning.company.currency_id.id,
            "tiles": self._fill_tiles(morning),
        }

    def _fill_tiles(self, morning):
        """Return the tiles that have something to say.

        Where there is no key client yet, what to do first instead.
        """
        tiles = []
        for name, model, roles in self._get_tiles():
            if set(roles) & set(morning.roles):
                if tile := getattr(self.env[model], f"_tile_{name}")(morning):
                    tiles.append({**tile, "name": name})
        if all(tile["empty"] or tile["name"] == "setup" for tile in tiles):
            if start := self.env["kam.desk.start"]._tile_start(morning):
                tiles = [tile for tile in tiles if tile["name"] == "setup"]
                tiles.append({**start, "name": "start"})
        return tiles
