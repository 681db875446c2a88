from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class KamReconciliationAnswer(models.AbstractModel):
    """What a legal entity answers to statements: in the portal, or noted by us.

    sudo: state, name and time of an answer are nobody's to enter. Nothing is let out;
    who calls has checked that the statements are his to answer.
    """

    _name = "kam.reconciliation.answer"
    _description = "Answer to a Reconciliation Statement"

    @api.model
    def _check_awaiting(self, statements):
        """Raise a UserError for statements that wait for no answer."""
        if any(one.state not in ("sent", "disagreed") for one in statements):
            raise UserError(
                self.env._(
                    "Only a statement that was sent and is not agreed yet can be "
                    "answered."
                )
            )

    @api.model
    def _agree(self, statements, partner):
        """Note the agreement of a person.

        :raise UserError: if a line is marked as different
        """
        self._check_awaiting(statements)
        statements = statements.sudo()
        if any(statement.difference_count for statement in statements):
            raise UserError(
                self.env._(
                    "Some lines are marked as different. Mark them as agreed first, "
                    "or send the differences."
                )
            )
        statements.line_ids.filtered(lambda line: not line.answer).answer = "agreed"
        statements.write(self._get_answer_vals(partner, "agreed"))
        statements.activity_unlink(["mail.mail_activity_data_todo"])

    @api.model
    def _disagree(self, statements, partner):
        """Note the differences of a person and tell the responsible user."""
        self._check_awaiting(statements)
        for statement in statements.sudo():
            statement.write(self._get_answer_vals(partner, "disagreed"))
            statement.activity_unlink(["mail.mail_activity_data_todo"])
            company = statement.company_id
            user = statement.client_id._get_responsible_user(company, statement.user_id)
            if not user:
                continue
            words = user._get_kam_words(company)
            statement.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=words._(
                    "Not agreed, lines that differ: %(count)s",
                    count=statement.difference_count,
                ),
            )

    @api.model
    def _answer_in_portal(self, statement, partner, decision):
        """Take the answer of a person of the legal entity, as superuser.

        Lets nothing out: it checks the person, then writes state, name and time.

        :param partner: res.partner of the portal user
        :param decision: "agree" or "disagree"
        :raise AccessError: for another legal entity, or without the right to sign
        """
        statement = statement.sudo()
        if not self._is_addressee(statement, partner):
            raise AccessError(self.env._("This statement is not addressed to you."))
        if decision == "agree":
            if not partner.sudo().kam_can_sign:
                raise AccessError(
                    self.env._(
                        "Only a person with the right to sign can agree. Ask your "
                        "contact with us to note that you have it."
                    )
                )
            self._agree(statement, partner)
        else:
            self._disagree(statement, partner)

    def _is_addressee(self, statement, partner):
        return (
            statement.state != "draft"
            and bool(statement.partner_id)
            and statement.partner_id == partner.sudo().commercial_partner_id
        )

    def _get_answer_vals(self, partner, state):
        return {
            "state": state,
            "answer_partner_id": partner.id,
            "answer_name": partner.name,
            "answer_date": fields.Datetime.now(),
        }
