from datetime import datetime

from odoo import api, models
from odoo.tools import format_amount, format_date

_HEAD = 3
_WIDTHS = (12, 8, 14, 28, 40, 24, 18, 46, 14, 14, 36)


class KamVisitPlanSheet(models.AbstractModel):
    """The week on paper and as a workbook: the same rows for both.

    Whom to meet when, where, why, what he owes, what to reach. Debts are those that
    the gate sees; a client whom the reader may not see has none.
    """

    _name = "kam.visit.plan.sheet"
    _description = "Sheet of a Week"

    @api.model
    def _get_titles(self):
        return [
            self.env._("Day"),
            self.env._("Time"),
            self.env._("Kind"),
            self.env._("Client"),
            self.env._("Address"),
            self.env._("Contact"),
            self.env._("Phone"),
            self.env._("Why"),
            self.env._("Debt"),
            self.env._("Overdue"),
            self.env._("Goal"),
        ]

    @api.model
    def _get_rows(self, plan):
        """Return the visits of a plan that were not cancelled, in their order.

        :return: list of dicts with the values of the columns
        """
        visits = plan.visit_ids.filtered(lambda visit: visit.decision != "cancelled")
        ledger = self.env["kam.credit.ledger"]
        root = plan.company_id.root_id
        keys = {(client.id, root.id) for client in visits.client_id}
        debts = ledger.sudo()._get_receivables(keys)
        return [
            self._prepare_row(visit, debts.get((visit.client_id.id, root.id), {}))
            for visit in visits.sorted("date_planned")
        ]

    def _prepare_row(self, visit, debt):
        zone = visit.user_id._get_kam_zone()
        start = zone.fromutc(visit.date_planned).replace(tzinfo=None)
        site = visit.partner_id
        contact = (
            visit.contact_ids[:1]
            or site.child_ids.filtered(
                lambda person: person.type == "contact" and not person.is_company
            )[:1]
        )
        return {
            "start": start,
            "kind": visit.kind_id.name,
            "client": visit.client_id.name or visit.lead_id.name,
            "address": site.contact_address_inline or "",
            "contact": contact.name or "",
            "phone": contact.phone or visit.phone or "",
            "reason": visit.reason_text or "",
            "debt": debt.get("receivable", 0.0),
            "overdue": debt.get("overdue", 0.0),
            "goal": visit.agenda or ", ".join(visit.purpose_ids.mapped("name")),
        }

    @api.model
    def _get_days(self, plan):
        """Return the rows by day, for the printed week.

        :return: list of (day as text, rows)
        """
        days = {}
        for row in self._get_rows(plan):
            days.setdefault(row["start"].date(), []).append(row)
        return [
            (format_date(self.env, day, date_format="EEEE, d MMMM"), rows)
            for day, rows in days.items()
        ]

    @api.model
    def _get_amount(self, plan, amount):
        return format_amount(self.env, amount, plan.company_id.currency_id)

    @api.model
    def _write_workbook(self, workbook, plans):
        """Write a sheet for each plan.

        :param workbook: xlsxwriter.Workbook
        """
        formats = {
            "bold": workbook.add_format({"bold": True}),
            "head": workbook.add_format({"bold": True, "bottom": 1}),
            "text": workbook.add_format({"text_wrap": True, "valign": "top"}),
            "day": workbook.add_format({"num_format": "dd.mm.yyyy", "valign": "top"}),
            "time": workbook.add_format({"num_format": "hh:mm", "valign": "top"}),
            "money": workbook.add_format({"num_format": "#,##0.00", "valign": "top"}),
        }
        for number, plan in enumerate(plans, 1):
            # The number keeps two weeks of one manager apart; 31 characters at most.
            name = "".join(c for c in plan.user_id.name if c not in "[]:*?/\\'")
            sheet = workbook.add_worksheet(f"{number} {name}"[:31])
            self._write_sheet(sheet, plan, formats)

    def _write_sheet(self, sheet, plan, formats):
        sheet.write_string(0, 0, plan.display_name, formats["bold"])
        period = (
            format_date(self.env, day) for day in (plan.week_start, plan.week_end)
        )
        sheet.write_string(1, 0, " – ".join(period))
        for column, title in enumerate(self._get_titles()):
            sheet.write_string(_HEAD, column, title, formats["head"])
            sheet.set_column(column, column, _WIDTHS[column])
        sheet.freeze_panes(_HEAD + 1, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for number, row in enumerate(self._get_rows(plan), _HEAD + 1):
            self._write_row(sheet, number, row, formats)

    def _write_row(self, sheet, number, row, formats):
        day = datetime.combine(row["start"].date(), datetime.min.time())
        sheet.write_datetime(number, 0, day, formats["day"])
        sheet.write_datetime(number, 1, row["start"], formats["time"])
        names = ("kind", "client", "address", "contact", "phone", "reason")
        for column, name in enumerate(names, 2):
            sheet.write_string(number, column, row[name], formats["text"])
        sheet.write_number(number, 8, row["debt"], formats["money"])
        sheet.write_number(number, 9, row["overdue"], formats["money"])
        sheet.write_string(number, 10, row["goal"], formats["text"])
