from odoo import SUPERUSER_ID, api, models


class SaleOrder(models.Model):
    """The gate: no order becomes confirmed without a credit decision that lets it."""

    _name = "sale.order"
    _inherit = ["sale.order", "kam.credit.import.mixin"]

    def _register_hook(self):
        """Judge before anybody's override of ``action_confirm`` runs.

        Addons loaded later do work before ``super()`` (book booths, order prints);
        so the method of the finished class is wrapped, as base_automation does. The
        override below stays as the inner guard.
        """
        super()._register_hook()
        model_class = self.env.registry[self._name]
        if "action_confirm" in vars(model_class):
            return

        def action_confirm(self):
            return self._credit_confirm(action_confirm.origin)

        action_confirm.origin = model_class.action_confirm
        model_class.action_confirm = action_confirm

    def _unregister_hook(self):
        result = super()._unregister_hook()
        model_class = self.env.registry[self._name]
        if "action_confirm" in vars(model_class):
            del model_class.action_confirm
        return result

    def action_confirm(self):
        return self._credit_confirm(super().action_confirm.__func__)

    def _credit_confirm(self, confirm):
        """Confirm the orders that the gate lets through; hold the others.

        :param confirm: ``f(orders)`` that confirms
        :return: what ``confirm`` returns, or a notification naming the held orders
        """
        allowed = self._credit_pass_gate()
        result = confirm(allowed) if allowed or not self else True
        held = (self - allowed).sudo().filtered(lambda o: o.credit_state == "hold")
        return held.with_env(self.env)._credit_get_notification() if held else result

    def _is_credit_history(self):
        """Only code of the superuser may load confirmed orders unjudged."""
        return (
            self.env.su
            and self.env.uid == SUPERUSER_ID
            and self.env.context.get("kam_history_import")
        )

    def _credit_pass_gate(self):
        """Judge those orders that were not judged in this transaction yet.

        :return: the orders that may be confirmed
        """
        if self._is_credit_history():
            return self
        judged = self.env.cr.precommit.data.setdefault("kam_credit_judged", {})
        waiting = self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and (
                    order.id not in judged
                    or judged[order.id] != order._get_credit_fingerprint()
                )
            )
        )
        held = self.browse()
        for judgement in waiting._credit_judge():
            order = judgement.order
            was_decided = bool(order.sudo().credit_decision_id)
            decision = judgement.release or self.env["kam.credit.decision"]._record(
                judgement
            )
            if judgement.is_allowed:
                judged[order.id] = order._get_credit_fingerprint()
                order._credit_tell_allowed(decision, was_decided)
            else:
                held |= order
                order._credit_tell_hold(decision)
        return self - held

    def _get_credit_fingerprint(self):
        """Return what the judgement of this transaction rests on."""
        order = self.sudo()
        return (
            order.credit_decision_id.id,
            order.credit_decision_id.state,
            order.amount_total,
            order.currency_id.id,
            order.company_id.id,
            order.partner_id.commercial_partner_id.id,
            order._get_credit_debtor().id,
            order.payment_term_id.id,
        )

    def _credit_tell_allowed(self, decision, was_decided):
        """Show a warning in the history; close what may be open for a hold."""
        if decision.outcome == "warn":
            body = self._credit_for_reader()._credit_get_log_body(decision)
            self.sudo()._message_log(body=body)
        if was_decided:
            self._credit_close_activities()

    def _credit_get_notification(self):
        """Return the notification that names these held orders."""
        if self.env.user.share:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("On hold: %s", ", ".join(self.mapped("name"))),
                "message": self._credit_get_hold_words(),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _credit_get_hold_words(self):
        """Return why these orders are held; each is named if there are several."""
        if len(self) == 1:
            return self.credit_message
        return "\n".join(f"{order.name}: {order.credit_message}" for order in self)

    @api.model_create_multi
    def create(self, vals_list):
        """Create orders that are to be confirmed as drafts, then judge them."""
        if self._is_credit_history():
            orders = super().create(vals_list)
            orders.filtered(lambda o: o.state == "sale")._credit_stamp_debtor()
            return orders
        vals_list = [dict(vals) for vals in vals_list]
        default = self.default_get(["state"]).get("state")
        states = [vals.get("state", default) for vals in vals_list]
        for vals, state in zip(vals_list, states, strict=True):
            self._credit_check_protected(vals, self._credit_protected_fields)
            if state == "sale":
                vals["state"] = "draft"
        orders = super().create(vals_list)
        orders.browse(
            order.id
            for order, state in zip(orders, states, strict=True)
            if state == "sale"
        ).write({"state": "sale"})
        return orders

    def write(self, vals):
        self._credit_check_protected(vals, self._credit_protected_fields)
        if vals.get("state") == "sale":
            return self._credit_write_confirmed(
                vals, lambda orders, values: super().write(values)
            )
        if vals.get("state") == "cancel":
            self._credit_supersede()
        if self._credit_basis_fields.isdisjoint(vals):
            return super().write(vals)
        with self._credit_watch():
            return super().write(vals)

    def _credit_write_confirmed(self, vals, write):
        """Write a state of confirmed on the orders that the gate lets through.

        Held orders get the other values and stay what they are.

        :param write: ``f(orders, vals)`` that writes without judging
        """
        unconfirmed = self.filtered(lambda order: order.state != "sale")
        rest = {k: v for k, v in vals.items() if k not in ("state", "date_order")}
        if rest and unconfirmed:
            unconfirmed.write(rest)
        reopened = unconfirmed.filtered(lambda order: order.state == "cancel")
        if reopened and not self._is_credit_history():
            write(reopened, {"state": "draft"})
        allowed = unconfirmed._credit_pass_gate()
        final = {k: v for k, v in vals.items() if k not in rest}
        allowed._credit_stamp_debtor()
        write(allowed, final)
        if confirmed := self - unconfirmed:
            return confirmed.write({k: v for k, v in vals.items() if k != "state"})
        return True

    def _action_confirm(self):
        """Go on with the orders that became confirmed."""
        return super(
            SaleOrder, self.filtered(lambda order: order.state == "sale")
        )._action_confirm()

    def _should_be_locked(self):
        return self.state == "sale" and super()._should_be_locked()

    def _send_order_confirmation_mail(self):
        confirmed = self.filtered(lambda order: order.state == "sale")
        return super(SaleOrder, confirmed)._send_order_confirmation_mail()

    def _credit_supersede(self):
        """A cancelled order waits for nothing."""
        decided = self.sudo().filtered(
            lambda order: (
                order.credit_decision_id.state in ("open", "released", "rejected")
            )
        )
        if not decided:
            return
        clients = decided.credit_decision_id.client_id
        for order in decided:
            order.credit_decision_id.write({"state": "superseded"})
        decided._credit_close_activities()
        self.env["kam.credit.decision"]._trigger_review(clients)

    def action_confirm_selected(self):
        """Confirm the quotations among the selected orders (list action).

        :return: a notification that tells what became of them
        """
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        result = quotations.action_confirm() if quotations else True
        if result is not True:
            return result
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Confirmed orders: %s", len(quotations)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
