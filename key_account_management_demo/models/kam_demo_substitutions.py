from dataclasses import dataclass
from datetime import timedelta

from odoo import models
from odoo.fields import Command


@dataclass(frozen=True)
class Absence:
    """Who is away, who stands in, and who entered it.

    :param first: days from today to the first day; the last likewise
    :param clients: how many clients, by name; 0: all
    """

    absent: str
    substitute: str
    head: str
    first: int
    last: int
    reason: str
    clients: int = 0


ABSENCES = (
    Absence("kam_gleb", "kam_vera", "head_south", -1, 3, "illness", clients=2),
    Absence("kam_anna", "kam_boris", "head_north", 9, 20, "leave"),
)


class KamDemoSubstitutions(models.AbstractModel):
    """One manager is away, another one will be; their heads have seen to it."""

    _name = "kam.demo.substitutions"
    _description = "Demo: Substitutions"
    _inherit = ["kam.demo.mixin"]

    def _create_substitutions(self):
        for absence in ABSENCES:
            env = self._as_user(self._ref(f"user_{absence.head}"))
            absent = self._ref(f"user_{absence.absent}")
            clients = env["kam.client"].search([("manager_id", "=", absent.id)])
            chosen = clients[: absence.clients]
            env["kam.substitution"].create(
                {
                    "absent_user_id": absent.id,
                    "substitute_user_id": self._ref(f"user_{absence.substitute}").id,
                    "date_from": self._today() + timedelta(days=absence.first),
                    "date_to": self._today() + timedelta(days=absence.last),
                    "reason": absence.reason,
                    "scope": "selected" if chosen else "all",
                    "client_ids": [Command.set(chosen.ids)],
                }
            ).action_confirm()
