from werkzeug.exceptions import NotFound

from odoo.http import Controller, content_disposition, request, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WorkbookController(Controller):
    @route("/key_account_management/workbook/<string:model>/<string:ids>", auth="user")
    def workbook(self, model, ids):
        """Send records of a model with workbooks as XLSX.

        :raise NotFound: for another model or records that do not exist
        :raise AccessError: for records that the user may not read
        """
        mixin = request.env.registry["kam.workbook.mixin"]
        numbers = ids.split(",")
        if not (
            issubclass(request.env.registry.get(model, object), mixin)
            and all(number.isdecimal() for number in numbers)
        ):
            raise NotFound()
        records = request.env[model].browse(map(int, numbers))
        if records.exists() != records:
            raise NotFound()
        records.check_access("read")
        name = f"{records._get_workbook_name()}.xlsx"
        return request.make_response(
            records._get_workbook(),
            [
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
