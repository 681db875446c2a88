import binascii

from odoo.exceptions import AccessError, MissingError
from odoo.fields import Datetime
from odoo.http import request, route

from odoo.addons.sale.controllers.portal import CustomerPortal


class SignaturePortal(CustomerPortal):
    """Signing an order of a key client: decided and committed, then printed.

    Core prints the signed document between confirming and committing, which would
    keep the lock of the client meanwhile; and the printer asks a second worker for
    styles, while all workers may be waiting for that lock.
    """

    @route()
    def portal_quote_accept(
        self, order_id, access_token=None, name=None, signature=None
    ):
        order = self._get_judged_order(order_id, access_token)
        if not order or not signature:
            return super().portal_quote_accept(
                order_id, access_token=access_token, name=name, signature=signature
            )
        url = order.get_portal_url(query_string="&message=sign_ok")
        user = request.env.user
        try:
            order.env["kam.credit.task"]._sign(
                order,
                {
                    "signed_by": name,
                    "signed_on": Datetime.now(),
                    "signature": signature,
                },
                order.partner_id if user._is_public() else user.partner_id,
            )
        except (TypeError, binascii.Error):
            request.env.cr.rollback()
            return {"error": request.env._("Invalid signature data.")}
        return {"force_refresh": True, "redirect_url": url}

    def _get_judged_order(self, order_id, access_token):
        """Return the order, as superuser, that a signature is to confirm.

        Empty if core answers: no such order, nothing to sign, to be paid as well, or
        of no key client.
        """
        token = access_token or request.httprequest.args.get("access_token")
        try:
            order = self._document_check_access(
                "sale.order", order_id, access_token=token
            )
        except (AccessError, MissingError):
            return None
        is_ours = (
            order._has_to_be_signed()
            and not order._has_to_be_paid()
            and order._get_credit_key()
        )
        return order if is_ours else None
