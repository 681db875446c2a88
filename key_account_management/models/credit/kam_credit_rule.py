from odoo import api, models, tools

from .situation import Finding


class KamCreditRule(models.AbstractModel):
    """A rule of the gate: what it judges, by which fields of the policy, its words.

    A new rule is one class in its room; nothing lists it but the import::

        class KamCreditRuleStop(models.AbstractModel):
            _name = "kam.credit.rule.stop"      # its code, as stored: stop
            _description = "Credit Rule: Shipment Stop"
            _inherit = ["kam.credit.rule"]
            _rule_order = 80                    # place among the reasons

            def _measure(self, situation, policy, exceeds): ...
            def _get_label(self): ...
            def _get_broken_text(self, values): ...
            def _get_passed_text(self, values, is_measured): ...

    Its action is the field ``<code>_action`` of the policy, declared in the same room.
    The model itself is the list of all rules, and stands in for one that is gone.
    """

    _name = "kam.credit.rule"
    _description = "Credit Rule"

    _rule_order = 0
    # What measured and allowed are: "money" (company currency), "days" or "flag".
    _unit = "flag"
    _action_field = ""  # field of the policy; default <code>_action
    # Fields of the policy that the rule reads besides its action.
    _thresholds = ()
    _judges_own = True  # orders of which the client is the debtor
    _judges_foreign = False  # orders invoiced to somebody of no key client
    _holds_prepaid = False
    # The summary of a decision gives the figures of the rule anyway.
    _is_in_summary = False

    @property
    def _code(self):
        return self._name.removeprefix("kam.credit.rule.")

    # --- all rules ---

    @api.model
    @tools.ormcache()
    def _get_names(self):
        names = self.pool.descendants(["kam.credit.rule"], "_inherit")
        names.discard("kam.credit.rule")
        return tuple(sorted(names, key=lambda name: self.pool[name]._rule_order))

    @api.model
    def _get_all(self):
        """Return the rules in the order in which their reasons are given."""
        return [self.env[name] for name in self._get_names()]

    @api.model
    def _get_selection(self):
        """Return ``[(code, label)]`` in the language of the reader."""
        return [(rule._code, rule._get_label()) for rule in self._get_all()]

    @api.model
    def _get_policy_fields(self):
        """Return the names of all fields of the policy that rules read."""
        return [name for rule in self._get_all() for name in rule._get_fields()]

    @api.model
    def _gather(self, policies):
        """Ask each rule for its facts, once for all clients whose policy uses it.

        :param policies: dict (client id, root company id) -> rules of the policy
        :return: dict of the same keys -> dict code of the rule -> fact
        """
        gathered = {key: {} for key in policies}
        for rule in self._get_all():
            keys = [
                key
                for key, policy in policies.items()
                if rule._get_action(policy) != "ignore"
            ]
            facts = rule._get_facts(keys)
            for key in keys:
                gathered[key][rule._code] = facts.get(key)
        return gathered

    @api.model
    def _evaluate(self, situation, policy, exceeds):
        """Judge a situation by every rule that the policy does not ignore.

        :param situation: :class:`.situation.Situation`
        :param policy: dict of the policy's fields that rules read
        :param exceeds: ``f(measured, allowed) -> bool`` comparing money at the
            precision of the currency
        :return: list of :class:`.situation.Finding` in the order of the rules
        """
        return [
            rule._judge(situation, policy, exceeds)
            for rule in self._get_all()
            if rule._get_action(policy) != "ignore" and rule._concerns(situation)
        ]

    @api.model
    def _exempt(self, findings):
        """Return the findings of a prepaid order: those rules pass that money meets."""
        return [
            finding
            if self.env[f"kam.credit.rule.{finding.rule}"]._holds_prepaid
            else finding.passed()
            for finding in findings
        ]

    # --- one rule: judging ---

    @api.model
    def _get_fields(self):
        """Return the fields of the policy that the rule reads, its action first."""
        return self._action_field or f"{self._code}_action", *self._thresholds

    @api.model
    def _get_action(self, policy):
        """Return ``ignore``, ``warn`` or ``hold``."""
        return policy[self._get_fields()[0]]

    @api.model
    def _get_facts(self, keys):
        """Return what the rule must know of clients, asked in one query for all.

        :param keys: list of (client id, root company id); may be empty
        :return: dict key -> fact, found as ``situation.facts[code]`` when it is judged;
            None for keys that are missing
        """
        return {}

    @api.model
    def _concerns(self, situation):
        """Tell whether the rule judges such an order at all."""
        return self._judges_foreign if situation.is_foreign else self._judges_own

    @api.model
    def _judge(self, situation, policy, exceeds):
        """Return the finding of the rule; see :meth:`_evaluate`."""
        is_broken, measured, allowed = self._measure(situation, policy, exceeds)
        outcome = self._get_action(policy) if is_broken else "pass"
        return Finding(self._code, outcome, measured, allowed)

    @api.model
    def _measure(self, situation, policy, exceeds):
        """Return (is broken, measured, allowed); see :meth:`_evaluate`."""
        raise NotImplementedError

    # --- one rule: its words, in the language of the reader ---

    @api.model
    def _get_label(self):
        """Return the name of the rule, in a few words."""
        return ""

    @api.model
    def _format(self, decision, value):
        """Return a figure of the rule as text."""
        if self._unit == "money":
            return decision._format_amount(value)
        if self._unit == "days":
            return self.env._("%(days)d days", days=int(value))
        return self.env._("Yes") if value else self.env._("No")

    @api.model
    def _get_message(self, reason):
        """Return the reason in one sentence.

        :param reason: kam.credit.reason of this rule
        """
        values = {"measured": reason.measured_text, "allowed": reason.allowed_text}
        if reason.outcome != "pass":
            return self._get_broken_text(values)
        return self._get_passed_text(values, bool(reason.measured))

    @api.model
    def _get_broken_text(self, values):
        """Return why the order is held or warned of.

        :param values: ``measured`` and ``allowed`` as text
        """
        return ""

    @api.model
    def _get_passed_text(self, values, is_measured):
        """Return what is in order.

        :param is_measured: something was measured, though not too much
        """
        return ""
