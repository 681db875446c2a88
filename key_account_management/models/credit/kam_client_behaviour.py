from odoo import api, models

from .count_back import count_back
from .kam_credit_ledger_behaviour import SUMS


class KamClient(models.Model):
    """How a client paid in a period, and how many days of sales it owes."""

    _inherit = "kam.client"

    def _payment_behaviour(self, date_from, date_to):
        """Return how this client paid; see :meth:`_get_payment_behaviours`."""
        self.ensure_one()
        return self._get_payment_behaviours(date_from, date_to)[self]

    def _get_payment_behaviours(self, date_from, date_to):
        """Return how clients paid the instalments due in a period.

        In the current company and its branches. An instalment that is open at the end
        is late up to the end, were it due on the last day.

        :param date_from: first due date that counts
        :param date_to: last due date, and the day up to which payments count; at
            most today
        :return: dict client -> dict of ``on_time_percent`` and ``days_late`` (None:
            nothing was due), ``due_amount``, ``paid_amount``, ``disputed_amount`` (the
            part left out), ``dso`` (days; None: neither sales nor debt),
            ``is_dso_over`` (more than the 365 days of ``dso``) and ``managers``:
            dict res.users -> the same but for the dso, of the instalments due while
            he owned the client
        :raise AccessError: for clients that the user may not read
        """
        self.check_access("read")
        ledger = self.env["kam.credit.ledger"]
        root = self.env.company.sudo().root_id
        date_to = min(date_to, root._kam_today())
        keys = {client: (client._origin.id, root.id) for client in self}
        behaviours = ledger._get_behaviours(keys.values(), date_from, date_to)
        sales = ledger._get_sales_and_receivables(keys.values(), date_to)
        result = {}
        for client, key in keys.items():
            dso, is_over = count_back(*sales[key], date_to)
            result[client] = {
                **self._prepare_behaviour(behaviours[key].values()),
                "dso": dso,
                "is_dso_over": is_over,
                "managers": self._prepare_manager_behaviours([behaviours[key]]),
            }
        return result

    def _get_manager_behaviours(self, date_from, date_to):
        """Return how the clients of each manager paid what was due in his time.

        Arguments as of :meth:`_get_payment_behaviours`.

        :return: dict res.users (empty: of nobody) -> dict, as ``managers`` there
        """
        self.check_access("read")
        root = self.env.company.sudo().root_id
        behaviours = self.env["kam.credit.ledger"]._get_behaviours(
            [(client.id, root.id) for client in self], date_from, date_to
        )
        return self._prepare_manager_behaviours(behaviours.values())

    @api.model
    def _prepare_manager_behaviours(self, behaviours):
        """Return dict res.users -> figures, from dicts manager id -> sums."""
        by_manager = {}
        for behaviour in behaviours:
            for manager_id, sums in behaviour.items():
                by_manager.setdefault(manager_id, []).append(sums)
        users = self.env["res.users"]
        return {
            users.browse(manager_id or []): self._prepare_behaviour(sums)
            for manager_id, sums in by_manager.items()
        }

    @api.model
    def _prepare_behaviour(self, parts):
        """Return the figures of sums as of ``kam.credit.ledger._get_behaviours``."""
        parts = list(parts)
        sums = {name: sum(part[name] for part in parts) for name in SUMS}
        due = sums["due"]
        return {
            "on_time_percent": 100 * sums["on_time"] / due if due else None,
            "days_late": sums["lateness"] / due if due else None,
            "due_amount": due,
            "paid_amount": sums["paid"],
            "disputed_amount": sums["disputed"],
        }
