from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route


class DigestController(Controller):
    @route(
        "/key_account_management/digest/<int:user_id>",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        csrf=False,
    )
    def unsubscribe(self, user_id, token="", **_post):
        """Ask whether the weekly mail is to stop, and stop it.

        Asked first: programs that read mails open every link in them. Posted without
        a form by mail readers, hence no check of where the form came from; the token
        of the link stands for the user.

        :raise NotFound: for a wrong token
        """
        digest = request.env["kam.digest"]
        is_done = request.httprequest.method == "POST"
        user = digest._find(user_id, token)
        if not user:
            raise NotFound()
        if is_done:
            digest._unsubscribe(user_id, token)
        request.update_context(lang=user.lang)
        return request.render(
            "key_account_management.kam_digest_page", {"is_done": is_done}
        )
