import math

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

ANSWERS = ("agreed", "not_found", "other_amount")
URL = "/my/reconciliations"


class ReconciliationPortal(CustomerPortal):
    """Statements of the legal entity of the portal user, and of no other.

    Portal users have no rights to the model: the pages read as superuser what
    :meth:`_get_reconciliations_domain` lets through.
    """

    def _get_reconciliations_domain(self):
        partner = request.env.user.partner_id.sudo().commercial_partner_id
        return [("partner_id", "=", partner.id), ("state", "!=", "draft")]

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "reconciliation_count" in counters:
            values["reconciliation_count"] = (
                request.env["kam.reconciliation"]
                .sudo()
                .search_count(self._get_reconciliations_domain())
            )
        return values

    def _get_reconciliation(self, statement_id):
        """Return the statement as superuser.

        :raise MissingError: if it is not one of the user's legal entity
        """
        domain = [("id", "=", statement_id), *self._get_reconciliations_domain()]
        statement = request.env["kam.reconciliation"].sudo().search(domain)
        if not statement:
            raise MissingError(request.env._("This statement does not exist."))
        return statement

    @route([URL, f"{URL}/page/<int:page>"], type="http", auth="user", website=True)
    def portal_reconciliations(self, page=1, **_kwargs):
        """List the statements of the user's legal entity."""
        statements = request.env["kam.reconciliation"].sudo()
        domain = self._get_reconciliations_domain()
        pages = pager(
            url=URL,
            total=statements.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        values = {
            **self._prepare_portal_layout_values(),
            "statements": statements.search(
                domain, limit=self._items_per_page, offset=pages["offset"]
            ),
            "page_name": "reconciliation",
            "default_url": URL,
            "pager": pages,
        }
        return request.render(
            "key_account_management.portal_my_reconciliations", values
        )

    @route(f"{URL}/<int:statement_id>", type="http", auth="user", website=True)
    def portal_reconciliation(self, statement_id, message=None, **_kwargs):
        """Show a statement with its lines and the form to answer."""
        try:
            statement = self._get_reconciliation(statement_id)
        except MissingError:
            return request.redirect("/my")
        return self._render_reconciliation(statement, message=message)

    def _render_reconciliation(self, statement, **values):
        person = request.env.user.partner_id.sudo()
        return request.render(
            "key_account_management.portal_reconciliation",
            {
                **self._prepare_portal_layout_values(),
                "statement": statement,
                "can_sign": person.kam_can_sign,
                "is_open": statement.state in ("sent", "disagreed"),
                "page_name": "reconciliation",
                **values,
            },
        )

    @route(f"{URL}/<int:statement_id>/pdf", type="http", auth="user", website=True)
    def portal_reconciliation_pdf(self, statement_id, **_kwargs):
        """Send the statement as PDF."""
        try:
            statement = self._get_reconciliation(statement_id)
        except MissingError:
            return request.redirect("/my")
        report = "key_account_management.action_report_kam_reconciliation"
        return self._show_report(statement, "pdf", report, download=True)

    @route(
        f"{URL}/<int:statement_id>/answer",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_reconciliation_answer(self, statement_id, decision=None, **post):
        """Take the marks of the lines and, on request, the answer."""
        try:
            statement = self._get_reconciliation(statement_id)
        except MissingError:
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                answers = request.env["kam.reconciliation.answer"]
                answers._check_awaiting(statement)
                self._write_answers(statement, post)
                if decision in ("agree", "disagree"):
                    person = request.env.user.partner_id
                    answers._answer_in_portal(statement, person, decision)
        except (AccessError, UserError, ValidationError) as error:
            statement.invalidate_recordset()
            return self._render_reconciliation(statement, error=str(error))
        return request.redirect(f"{URL}/{statement.id}?message=saved")

    def _write_answers(self, statement, post):
        """Write the marks of the lines of this statement; others are ignored."""
        for line in statement.line_ids:
            answer = post.get(f"answer_{line.id}")
            if answer not in ANSWERS:
                continue
            amount = post.get(f"amount_{line.id}")
            is_other = answer == "other_amount"
            vals = {
                "answer": answer,
                "answer_amount": self._parse_amount(amount) if is_other else 0.0,
                "note": (post.get(f"note_{line.id}") or "")[:500],
            }
            if any((line[name] or "") != (vals[name] or "") for name in vals):
                line.write(vals)

    def _parse_amount(self, text):
        """Return a typed amount, with a comma or a point, as a number.

        :raise UserError: if it is none
        """
        try:
            amount = float("".join((text or "0").split()).replace(",", "."))
        except ValueError:
            amount = math.nan
        if not math.isfinite(amount):
            raise UserError(
                request.env._(
                    "%(text)s is no amount. Enter a number such as 1250.50.", text=text
                )
            )
        return amount
