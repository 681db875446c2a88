from odoo import api, models
from odoo.tools import format_date, formatLang


class KamSubstitutionDigest(models.AbstractModel):
    """The mail for a manager who comes back: what was done, by client.

    Written for its reader: with his rights, in his language. Rooms add what was done
    in them by extending :meth:`_get_done`.
    """

    _name = "kam.substitution.digest"
    _description = "Digest for the Returning Manager"

    @api.model
    def _send(self, substitution):
        """Mail the digest, unless the manager has no address or has left."""
        absent = substitution.sudo().absent_user_id
        if absent.active and absent.email:
            self.env["mail.mail"].sudo().create(self._prepare_mail(substitution)).send()

    @api.model
    def _prepare_mail(self, substitution):
        """Return the values of the mail."""
        substitution = substitution.sudo()
        absent = substitution.absent_user_id
        company = absent.company_id
        words = absent._get_kam_words(company)
        digest = self.with_env(words).with_user(absent).sudo(False)
        digest = digest.with_context(allowed_company_ids=absent.company_ids.ids)
        reader = substitution.with_env(digest.env).sudo()
        body = digest.env["ir.qweb"]._render(
            "key_account_management.kam_substitution_digest_body",
            {
                "name": absent.name,
                "intro": digest._get_intro(reader),
                "clients": digest._get_clients(reader),
            },
        )
        return {
            "subject": words._("Your clients while you were away"),
            "body_html": body,
            "email_from": company.email_formatted or absent.email_formatted,
            "email_to": absent.email_formatted,
            "auto_delete": True,
        }

    def _get_intro(self, substitution):
        return self.env._(
            "%(substitute)s stood in for you from %(date_from)s to %(date_to)s. This "
            "was done:",
            substitute=substitution.substitute_user_id.name,
            date_from=format_date(self.env, substitution.date_from),
            date_to=format_date(self.env, substitution.date_to),
        )

    @api.model
    def _get_clients(self, substitution):
        """Return what was done, by client in the order of their names.

        :return: list of (name of the client, list of text)
        """
        done = self._get_done(substitution)
        clients = sorted(done, key=lambda client: (client.name or "", client.id))
        return [(client.name, done[client]) for client in clients if done[client]]

    @api.model
    def _get_done(self, substitution):
        """Return what the substitute did for the absent manager in those days.

        :return: dict kam.client -> list of text, as the reader may read it
        """
        found = {}
        orders = self.env["sale.order"].search(
            [
                ("on_behalf_of_id", "=", substitution.absent_user_id.id),
                ("taken_by_id", "=", substitution.substitute_user_id.id),
                ("create_date", ">=", substitution.start_at),
                ("create_date", "<", substitution.end_at),
                ("kam_client_id", "in", substitution._get_covered_clients().ids),
            ],
            order="id",
        )
        for order in orders:
            found.setdefault(order.kam_client_id, []).append(
                self._get_order_line(order)
            )
        return found

    def _get_order_line(self, order):
        states = dict(order._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(order)s: %(amount)s, %(state)s",
            order=order.name,
            amount=formatLang(
                self.env, order.amount_total, currency_obj=order.currency_id
            ),
            state=states[order.state],
        )
