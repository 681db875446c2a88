from odoo import api, models


class KamLetterMixin(models.AbstractModel):
    """A document about money that is mailed to a legal entity: once, with its figures.

    A draft is sent at once, on paper, or queued for the scheduled action. Its figures
    are read again when it leaves and kept from then on. The model has ``partner_id``,
    ``client_id``, ``company_id``, ``user_id`` (whom it is from), ``state`` (``draft``
    first), ``is_by_post`` and a boolean of the queue. Usage::

        _inherit = ["kam.letter.mixin", "kam.guard.mixin", "kam.thread.mixin"]
        _queue_field = "is_queued"
        _queue_cron = "key_account_management.ir_cron_collection_letters"  # _cron_send

    and five methods: :meth:`_check_deciding`, :meth:`_check_sendable`,
    :meth:`_freeze`, :meth:`_recall` and :meth:`_get_mail_template`.
    """

    _name = "kam.letter.mixin"
    _description = "Document Mailed to a Legal Entity"

    _queue_field = None
    _queue_cron = None
    _queue_batch = 100  # documents per round of the scheduled action

    def _check_deciding(self):
        """Refuse users who may not send, or not write the documents.

        :raise AccessError: naming whom to ask
        """
        raise NotImplementedError

    def _check_sendable(self):
        """Refuse what is no draft, or can never be sent.

        :raise UserError: naming what to do instead
        """
        raise NotImplementedError

    def _freeze(self):
        """Read the figures again and keep the drafts as sent today.

        :return: those that go out, as superuser: a user writes no figures, and the
            document tells no more than what its reader may read in it already
        """
        raise NotImplementedError

    def _recall(self):
        """Make a document whose mail never left a draft again; one, as superuser."""
        raise NotImplementedError

    def _get_mail_template(self):
        """Return the XML id of the template that a document is mailed with."""
        raise NotImplementedError

    def action_send(self):
        """Keep the figures of drafts as they are now and mail them.

        :raise AccessError: below credit controller and director
        :raise UserError: for one that is no draft, or without an address
        """
        self._check_deciding()
        self._send()
        return True

    def action_send_by_post(self):
        """Keep the figures of drafts that go out on paper; nothing is mailed.

        :raise AccessError: below credit controller and director
        :raise UserError: for one that is no draft
        """
        self._check_deciding()
        self._check_sendable()
        self._freeze().is_by_post = True
        return True

    def action_queue(self):
        """Let the scheduled action mail the drafts one by one.

        :raise AccessError: below credit controller and director
        :raise UserError: for one that is no draft
        """
        self._check_deciding()
        self._check_sendable()
        self.sudo().write(self._prepare_queue_vals())
        self.env.ref(self._queue_cron)._trigger()
        return True

    def _prepare_queue_vals(self):
        """Return what is kept of drafts that wait to be sent."""
        return {self._queue_field: True}

    def _send(self):
        self._check_sendable()
        self.partner_id._check_kam_recipients()
        self._freeze()._mail()

    def _mail(self, template=None):
        """Hand mails to the legal entities over, each in the language of its reader.

        :param template: XML id; default that of each document
        """
        groups = self.grouped(lambda one: template or one._get_mail_template())
        for name, documents in groups.items():
            self.env.ref(name).sudo().send_mail_batch(documents.ids)

    @api.model
    def _cron_send(self):
        """Do what waits, one document per commit.

        What left is not in the domain of the next round: a run that fails or is killed
        sends nothing twice, nor does one that somebody was ahead of by hand.
        """
        rounds = self._get_rounds()
        left = sum(self.search_count(domain) for domain, _work, _fail in rounds)
        for domain, work, fail in rounds:
            some = self.search(domain, limit=self._queue_batch)
            if not self.env["kam.job"]._run(
                some, work, domain=domain, remaining=left, fail=fail
            ):
                return
            # beyond the batch more may wait: the scheduled action is then called again
            left = max(left - len(some), 0)

    @api.model
    def _get_rounds(self):
        """Return what the scheduled action does, in this order.

        :return: list of (domain of the documents, function of one, function of one
            that failed and of the reason)
        """
        waiting = [("state", "=", "draft"), (self._queue_field, "=", True)]
        return [(waiting, type(self)._send, type(self)._unqueue)]

    def _unqueue(self, reason):
        """Give a document that cannot be sent back to those who send."""
        self[self._queue_field] = False

    def _note_mail(self, reason):
        """Tell that the mail of documents could not be handed over.

        What never left was not sent: it can be sent anew, or by post.

        :param reason: text of the mail server
        """
        for document in self.sudo():
            document._recall()
            self.env["kam.job"]._tell(document, reason)

    def _get_sending_user(self):
        """Return whom a document is from: somebody who is still here.

        Whoever approved it, else whoever is responsible for the client.
        sudo: its reader sees name and address of whoever writes to him.
        """
        self.ensure_one()
        document = self.sudo()
        return document.client_id._get_responsible_user(
            document.company_id, document.user_id
        ).sudo()

    def _get_sender(self):
        """Return the address that the mail is from; of the company without another."""
        user = self._get_sending_user()
        sender = user if user.email else self.sudo().company_id
        return sender.email_formatted
