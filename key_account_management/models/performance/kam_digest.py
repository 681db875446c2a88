from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq, hmac
from odoo.tools.misc import formatLang

ROLES = (
    "key_account_management.group_kam_user",
    "key_account_management.group_kam_head",
    "key_account_management.group_kam_director",
)
SCOPE = "kam_digest"
# Mails per round of the job.
BATCH = 50


class KamDigest(models.AbstractModel):
    """The mail of Monday: a manager's month, or that of the department.

    Written for its reader: with his rights, of the company he works in, in his
    language. It can be stopped by its own link without logging in.
    """

    _name = "kam.digest"
    _description = "Weekly Digest"

    @api.model
    def _cron_send(self):
        """Send the digests of this week that were not sent; once, however often run.

        The week is that of the company in which the reader works.
        """
        waiting = Domain.OR(
            Domain("company_id", "child_of", company.id)
            & (
                Domain("kam_digest_on", "=", False)
                | Domain("kam_digest_on", "<", self._get_monday(company))
            )
            for company in self.env["res.company"].search([("parent_id", "=", False)])
        )
        waiting &= self._get_reader_domain()
        users = self.env["res.users"].search(waiting, limit=BATCH)
        self.env["kam.job"]._run(
            users,
            self._send,
            domain=waiting,
            remaining=self.env["res.users"].search_count(waiting),
        )

    @api.model
    def _get_monday(self, company):
        return fields.Date.start_of(company._kam_today(), "week")

    @api.model
    def _get_reader_domain(self):
        groups = [self.env.ref(role).id for role in ROLES]
        domain = Domain("all_group_ids", "in", groups)
        domain &= Domain("kam_digest", "=", True) & Domain("share", "=", False)
        return domain & Domain("email", "!=", False) & Domain("active", "=", True)

    @api.model
    def _send(self, users):
        """Mail the digest to users who have something in it."""
        mails = self.env["mail.mail"].sudo()
        for user in users:
            if vals := self._prepare_mail(user):
                mails |= mails.create(vals)
            user.sudo().kam_digest_on = self._get_monday(user.sudo().company_id)
        mails.send()

    @api.model
    def _prepare_mail(self, user):
        """Return the values of the mail of one user; nothing to say: empty."""
        company = user.sudo().company_id.root_id
        words = user._get_kam_words(company)
        digest = self.with_env(words).with_user(user).sudo(False)
        digest = digest.with_context(allowed_company_ids=company.ids)
        if user._has_kam_roles("head"):
            content = digest._get_department(company)
        else:
            content = digest._get_month(company)
        if not content:
            return {}
        url = f"{user.get_base_url()}/key_account_management/digest/{user.id}"
        stop = f"{url}?token={self._get_token(user)}"
        body = digest.env["ir.qweb"]._render(
            "key_account_management.kam_digest_body",
            {**content, "name": user.name, "stop": stop, "base": user.get_base_url()},
        )
        sender = company.sudo().email_formatted or user.sudo().email_formatted
        return {
            "subject": words._("Key accounts this week"),
            "body_html": body,
            "email_from": sender,
            "email_to": user.sudo().email_formatted,
            "auto_delete": True,
            "headers": str({"List-Unsubscribe": f"<{stop}>"}),
        }

    def _get_cards(self, company, domain):
        month = fields.Date.start_of(company.sudo()._kam_today(), "month")
        return self.env["kam.scorecard"].search(
            Domain(domain)
            & Domain("company_id", "=", company.id)
            & Domain("date_from", "=", month)
        )

    def _get_month(self, company):
        """Return what a manager is told; empty before he has a card."""
        card = self._get_cards(company, [("user_id", "=", self.env.uid)])[:1]
        if not card:
            return {}
        figures = self.env["kam.department"]._get_figures(card)[card]
        rows = self._get_rows(company, figures)
        if card.is_scored:
            rows.insert(
                0, (self.env._("Score"), formatLang(self.env, card.total, digits=1))
            )
        if card.has_pay:
            money = company.sudo().currency_id.format(card.variable_pay)
            rows.insert(1, (self.env._("Variable pay to date"), money))
        return {"rows": rows, "red": [], "path": "my-scorecard"}

    def _get_department(self, company):
        """Return what a head or director is told; empty without managers."""
        cards = self._get_cards(company, [("user_id", "!=", self.env.uid)])
        if not cards:
            return {}
        found = self.env["kam.department"]._get_figures(cards)
        names = next(iter(found.values()))
        sums = {name: sum(row[name] for row in found.values()) for name in names}
        red = [
            card.user_id.sudo().name
            for card, row in found.items()
            if self.env["kam.department"]._is_red(card, row)
        ]
        return {"rows": self._get_rows(company, sums), "red": red, "path": "department"}

    def _get_rows(self, company, figures):
        """Return (label, text) of figures, in the language of the reader."""
        money = company.sudo().currency_id.format
        return [
            (self.env._("Turnover"), money(figures["fact"])),
            (self.env._("Sales Plan"), money(figures["target"])),
            (self.env._("Forecast"), money(figures["forecast"])),
            (self.env._("Overdue"), money(figures["overdue"])),
            (self.env._("Orders on hold"), str(figures["held_count"])),
            (self.env._("Late reports"), str(figures["late_reports"])),
        ]

    # Stopping it

    @api.model
    def _get_token(self, user):
        return hmac(self.env(su=True), SCOPE, user.id)

    @api.model
    def _find(self, user_id, token):
        """Return the user of a link; empty for a wrong token.

        sudo: the token says that the link is his.
        """
        user = self.env["res.users"].sudo().browse(user_id).exists()
        is_his = user and consteq(token or "", self._get_token(user))
        return user if is_his else user.browse()

    @api.model
    def _unsubscribe(self, user_id, token):
        """Stop the digest of a user by the link of his mail."""
        self._find(user_id, token).kam_digest = False
