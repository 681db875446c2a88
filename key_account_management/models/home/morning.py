"""What the tiles of one call share."""

from functools import cached_property

# In the order in which a user of several roles is taken; each implies those after it.
ROLES = {
    "admin": "group_kam_admin",
    "director": "group_kam_director",
    "head": "group_kam_head",
    "manager": "group_kam_user",
    "credit": "group_kam_credit",
    "support": "group_kam_support",
}
LADDER = ("admin", "director", "head", "manager")


class Morning:
    """Who asks, for which company and day, and figures that several tiles need."""

    def __init__(self, env):
        self.env = env
        self._known = {}

    @cached_property
    def roles(self):
        """The roles of the user; of admin, director, head and manager the highest."""
        user = self.env.user
        held = [
            role
            for role, group in ROLES.items()
            if user.has_group(f"key_account_management.{group}")
        ]
        highest = next((role for role in held if role in LADDER), None)
        return [role for role in held if role == highest or role not in LADDER]

    @cached_property
    def company(self):
        """The root of the current company: lines, decisions and cases belong to it.

        sudo: a user of a branch reads no more than its number and currency.
        """
        return self.env.company.sudo().root_id

    @cached_property
    def today(self):
        return self.company._kam_today()

    @cached_property
    def clients(self):
        """The key clients that the user may see."""
        return self.env["kam.client"].search_fetch([])

    @cached_property
    def authority(self):
        """Dict company -> rows of the user's release authority."""
        authority = self.env["kam.credit.authority"]
        return {self.company: authority._get_own_rows(self.env.user, self.company)}

    def once(self, name, make):
        """Return what ``make()`` returned when ``name`` was first asked for."""
        if name not in self._known:
            self._known[name] = make()
        return self._known[name]
