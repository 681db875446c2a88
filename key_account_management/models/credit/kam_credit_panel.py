from odoo import api, models
from odoo.tools import format_datetime

# Days before its last day from which a release that was not used warns.
RELEASE_WARNING_DAYS = 3
# Fields of the order and what they show of its situation.
FIGURES = {
    "credit_limit_effective": "limit",
    "credit_allowed": "allowed",
    "credit_receivable": "receivable",
    "credit_uninvoiced": "uninvoiced",
    "credit_exposure": "exposure",
    "credit_order_amount": "amount",
    "credit_headroom": "headroom",
}


class KamCreditPanel(models.AbstractModel):
    """What an order shows of its credit: figures, messages, and who answers.

    The figures move while lines are typed: the same calculation as the gate's, equal
    to the cent. They are shown to those who may see the client that is judged, with or
    without accounting rights, and to nobody else; what a decision says is told to
    those who may read it.
    """

    _name = "kam.credit.panel"
    _description = "Credit Panel of an Order"

    @api.model
    def _get_figures(self, order):
        """Return the values of the credit bar; zeros for whoever may not see them."""
        client, _foreign = order._get_credit_party()
        is_visible = client.with_env(self.env).sudo(False)._is_credit_visible()
        found = self.env["kam.credit.gate"]._look(order) if is_visible else None
        if not found:
            return {
                **dict.fromkeys((*FIGURES, "credit_overdue"), 0.0),
                "credit_client_id": False,
                "credit_is_visible": False,
                "credit_rate_missing": False,
            }
        situation, receivables = found
        round_money = order.company_id.currency_id.round
        return {
            **{
                name: round_money(getattr(situation, of))
                for name, of in FIGURES.items()
            },
            "credit_overdue": receivables["overdue"],
            "credit_client_id": client.id,
            "credit_is_visible": True,
            "credit_rate_missing": not situation.has_rate,
        }

    @api.model
    def _get_messages(self, order):
        """Return what was decided on the order and when money is expected."""
        decision = order.credit_decision_id
        # The day is told to all; what was decided to those who may know.
        date = order.state == "sale" and decision.sudo().date
        return {
            "credit_decided_message": date
            and self.env._(
                "Decided %s:", format_datetime(self.env, date, dt_format="short")
            ),
            "credit_expected_message": decision._filtered_access(
                "read"
            ).expected_message,
            "credit_message": self._get_message(decision),
        }

    @api.model
    def _get_message(self, decision):
        if not decision or decision.sudo().state == "superseded":
            return False
        if decision._filtered_access("read"):
            return decision.summary
        if decision.sudo().outcome == "hold":
            return self.env._(
                "Held: the key client who is to pay is looked after by somebody "
                "else. Credit control decides."
            )
        return self.env._("Passed.")

    @api.model
    def _get_answer_messages(self, order):
        """Return who may release the order, who asked, and the release given.

        Nothing is told to whoever may not read the decision.
        """
        wording = self.env["kam.credit.wording"]
        decision = order.sudo().credit_decision_id.sudo(False)
        decision = decision._filtered_access("read")
        is_waiting = decision._is_waiting()
        is_released = decision.state == "released"
        is_ending = (
            is_released
            and order.state in ("draft", "sent")
            and decision._get_release_days_left() < RELEASE_WARNING_DAYS
        )
        return {
            "credit_who_message": is_waiting and wording._get_who_text(decision),
            "credit_asked_message": is_waiting and wording._get_asked_text(decision),
            "credit_release_message": is_released
            and wording._get_release_text(decision),
            "credit_release_ends": is_ending,
        }

    @api.model
    def _get_notification(self, orders):
        """Return the notification that names held orders and says why; True on the
        website, where the customer is told otherwise.
        """
        if self.env.user.share:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("On hold: %s", ", ".join(orders.mapped("name"))),
                "message": self._get_hold_words(orders),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _get_hold_words(self, orders):
        """Return why these orders are held; each is named if there are several."""
        if len(orders) == 1:
            return orders.credit_message
        return "\n".join(f"{order.name}: {order.credit_message}" for order in orders)
