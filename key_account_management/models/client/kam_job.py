import logging

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

ACTIVITY = "key_account_management.mail_activity_type_job"
_logger = logging.getLogger(__name__)


class KamJob(models.AbstractModel):
    """Scheduled work: one record, one savepoint, one failure.

    What fails is logged at its record and shown to a person, and stops nothing else;
    what was done is committed, and the next round goes on. Usage, in a cron::

        letters = self.search(waiting, limit=100)
        self.env["kam.job"]._run(letters, type(letters)._send, domain=waiting)
    """

    _name = "kam.job"
    _description = "Scheduled Work"

    @api.model
    def _run(self, batches, work, *, domain=None, remaining=None, fail=None):
        """Do the work batch by batch, until the time of the worker is over.

        A batch that fails is done again record by record.

        :param batches: recordsets; of a single recordset, its records
        :param work: function of a batch; called again after a failure
        :param domain: what still has to be true; records that another worker holds
            or has done meanwhile, or that are gone, are left out
        :param remaining: how many batches wait; default those given
        :param fail: function of a record that failed and of the reason as text
        :return: whether all batches were tried
        """
        batches = list(batches)
        progress = self.env["ir.cron"]
        progress._commit_progress(
            remaining=len(batches) if remaining is None else remaining
        )
        for number, batch in enumerate(batches, start=1):
            self._try(batch, work, domain, fail)
            if not progress._commit_progress(processed=1) and number < len(batches):
                return False
        return True

    def _try(self, batch, work, domain=None, fail=None, *, is_inner=False):
        """Do the work on a batch, with a savepoint around it.

        :param is_inner: within the work of another job, which has to try all of it
            again when somebody else works on the same at this moment
        :return: whether it was done
        """
        try:
            with self.env.cr.savepoint():
                rest = batch
                if domain is not None:
                    rest = batch.try_lock_for_update(allow_referencing=True)
                    rest = rest.filtered_domain(domain)
                if rest:
                    work(rest)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # somebody else works on it at this moment
            if is_inner:
                raise
            _logger.info("%s are left for the next round.", batch)
            return False
        except Exception as error:  # whatever it is, the others go on
            if len(batch) > 1:
                tried = [self._try(record, work, domain, fail) for record in batch]
                return all(tried)
            _logger.warning("Scheduled work failed on %s", batch, exc_info=True)
            self._note_failure(batch, str(error) or type(error).__name__, fail)
            return False
        return True

    def _note_failure(self, record, reason, fail=None):
        """Keep a failure at the record and show it to a person; never raise.

        :param fail: see :meth:`_run`
        """
        try:
            with self.env.cr.savepoint():
                if record := record.exists():
                    if fail:
                        fail(record, reason)
                    self._tell(record, reason)
        except Exception:  # the log of the server has the first failure already
            _logger.warning("Nobody was told of %s", record, exc_info=True)

    def _tell(self, record, reason):
        """Plan an activity for whoever has to see to a record, unless one is open.

        sudo: the job tells what its reader may read in the record anyway.
        """
        record = record.sudo()
        person = self._get_person(record)
        if record._name in ("res.company", "res.users"):
            record = record.partner_id
        elif "activity_ids" not in record._fields:
            record = self._get_client(record)
        if not record or record.activity_search([ACTIVITY], only_automated=False):
            return
        words = (person or self.env.user)._get_kam_words(self._get_company(record))
        record._message_log(body=words._("A scheduled job failed here: %s", reason))
        if person:
            record.with_context(mail_activity_quick_update=True).activity_schedule(
                ACTIVITY,
                user_id=person.id,
                summary=words._("A scheduled job failed here"),
                note=reason,
            )

    def _get_person(self, record):
        """Return whoever is told of a failure at a record; nobody: empty."""
        users = self.env["res.users"].sudo()
        field = record._fields.get("user_id")
        if record._name == "res.users":
            users = record
        elif field and field.comodel_name == "res.users":
            users = record.user_id
        return self._get_client(record)._get_responsible_user(
            self._get_company(record), users
        )

    def _get_client(self, record):
        if record._name == "kam.client":
            return record
        for name in ("client_id", "kam_client_id"):
            if name in record._fields:
                return record[name]
        return self.env["kam.client"].sudo()

    def _get_company(self, record):
        companies = self.env["res.company"].sudo()
        if record._name == "res.company":
            return record
        return record.company_id if "company_id" in record._fields else companies
