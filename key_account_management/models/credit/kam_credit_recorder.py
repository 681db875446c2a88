from odoo import api, fields, models
from odoo.tools import SQL


class KamCreditRecorder(models.AbstractModel):
    """Writes the decisions of the gate into their chain and puts them in force.

    As superuser: nobody has the right to create decisions. What is written is what
    was judged, by whoever confirmed.
    """

    _name = "kam.credit.recorder"
    _description = "Recorder of Credit Decisions"

    @api.model
    def _record(self, judgement, **extra):
        """Write the decision of a judgement and put it in force on its order.

        :param judgement: :class:`~.judgement.Judgement`
        :param extra: further values, such as ``is_rise``
        :return: the new decision
        """
        vals = self._prepare_vals(judgement, **extra)
        previous = judgement.order.sudo().credit_decision_id
        if previous.state in ("open", "released", "rejected"):
            previous.write({"state": "superseded"})
        decision = self.env["kam.credit.decision"].sudo()._chain_create(vals)
        judgement.order.sudo().credit_decision_id = decision
        self._review_hold(decision)
        return decision

    @api.model
    def _record_rise(self, judgement, **extra):
        """Write the decision on a rise: one for all changes of a transaction.

        The decision on an earlier change of the same transaction, which nobody else
        has seen, is made anew while it is the end of its chain.

        :return: the decision
        """
        order = judgement.order.sudo()
        made = self.env.cr.precommit.data.setdefault("kam_credit_rises", {})
        decision_id, before = made.get(order.id, (None, ""))
        current = order.credit_decision_id
        if current.id == decision_id and current.state == "open":
            vals = self._prepare_vals(judgement, is_rise=True, **extra)
            if self._make_anew(current, vals, before):
                self._review_hold(current)
                return current
        before = self.env["kam.credit.lock"]._get_end(judgement.key)
        current = self._record(judgement, is_rise=True, **extra)
        made[order.id] = current.id, before
        return current

    @api.model
    def _review_hold(self, decision):
        if decision.outcome == "hold":
            self.env["kam.credit.gate"]._trigger_review_of_hold(decision.client_id)

    @api.model
    def _prepare_vals(self, judgement, **extra):
        """Return the creation values of the decision on a judgement.

        With all that is computed on creation: else each decision and each of its
        reasons is made in memory first to compute it, at half the time of recording.
        """
        client = judgement.order.sudo(False).kam_client_id
        vals = {
            **judgement.prepare_decision_vals(),
            **extra,
            "user_id": self.env.uid,
            "date": fields.Datetime.now(),
            "on_behalf_of_id": client._get_absent_manager().id,
            "release_user_id": False,
            "release_reason": False,
            "release_amount": 0.0,
            "release_until": False,
        }
        shared = ("client_id", "company_id", "manager_id", "date")
        for _command, _id, reason in vals["reason_ids"]:
            reason.update({name: vals[name] for name in shared})
        return vals

    @api.model
    def _make_anew(self, decision, vals, before):
        """Give other figures to a decision of this transaction.

        :param before: hash of the entry before it in its chain
        :return: False if entries of the chain follow it, or the chain is another
        """
        key = decision._get_chain_key(vals)
        if key != (decision.client_id.id, decision.company_id.id):
            return False
        text = "|".join(decision._get_chain_text(decision._prepare_chain_vals(vals)))
        digest = self.env["kam.credit.lock"]._replace_end(
            key, decision.chain_position, before, text
        )
        if not digest:
            return False
        # Past the guards, which know no unfinished decision.
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM kam_credit_reason WHERE decision_id = %s", decision.id)
        )
        self.env["kam.credit.reason"].invalidate_model()
        decision.invalidate_recordset(["reason_ids"])
        return decision._write_unguarded({**vals, "chain_hash": digest})
