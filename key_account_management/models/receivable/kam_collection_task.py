from odoo import api, models

MATCH_ACTIVITY = "key_account_management.mail_activity_type_match"
CALL_ACTIVITY = "mail.mail_activity_data_call"
TASK_ACTIVITY = "mail.mail_activity_data_todo"
# Action of a level -> type of the activity that a person gets.
PEOPLE = {"call": CALL_ACTIVITY, "head": TASK_ACTIVITY, "legal": TASK_ACTIVITY}


class KamCollectionTask(models.AbstractModel):
    """What the ladder asks people to do: one activity per record, kind and person."""

    _name = "kam.collection.task"
    _description = "Tasks of Collection"

    @api.model
    def _schedule(self, done, day):
        """Give the calls and tasks of the levels to people, one per case and kind."""
        ids = {claim["case_id"] for claim, _stage in done if claim["case_id"]}
        cases = {case.id: case for case in self.env["kam.collection"].browse(ids)}
        managers = self._get_people(self.env["kam.collection"].browse(ids))
        wanted = {}
        for claim, stage in done:
            case = cases.get(claim["case_id"])
            if not case or stage.action not in PEOPLE:
                continue
            first = case.user_id
            if stage.action != "call":
                first = case.client_id.team_id.user_id
            first = first._filter_kam_present(case.company_id)
            user = first or managers[case]
            if user:
                stage_name = stage.with_env(user._get_kam_words(case.company_id)).name
                wanted[case, PEOPLE[stage.action], user] = stage_name
        self._create(wanted, day)

    @api.model
    def _ask_to_match(self, company, day, clients):
        """Ask once to match the money that covers overdue debt, or a part of it.

        The accountant at the oldest document, or whoever answers for the client.
        """
        claims = self.env["kam.collection.claim"]._get_claims(company, day, clients)
        oldest = {c["client_id"]: c for c in reversed(claims) if c["is_matchable"]}
        accountant = company.kam_accountant_id._filter_kam_present(company)
        clients = self.env["kam.client"].browse(oldest)
        people = clients._get_responsible_users(company)
        wanted = {}
        for client in clients:
            record, user = client, people[client]
            if accountant:
                record = self.env["account.move"].browse(oldest[client.id]["move_id"])
                user = accountant
            if user:
                words = user._get_kam_words(company)
                wanted[record, MATCH_ACTIVITY, user] = words._(
                    "Match the payments of %(client)s", client=client.name
                )
        self._create(wanted, day)

    @api.model
    def _create(self, wanted, day):
        """Create activities in one go, but for those still open.

        :param wanted: dict (record, xml id of the type, user) -> summary, in the
            language of the user
        """
        activities = self.env["mail.activity"]
        asked = [
            {
                "res_model": record._name,
                "res_id": record.id,
                "activity_type_id": self.env.ref(kind).id,
                "user_id": user.id,
                "summary": summary,
            }
            for (record, kind, user), summary in wanted.items()
        ]
        known = activities.search(
            [
                ("res_model", "in", [vals["res_model"] for vals in asked]),
                ("res_id", "in", [vals["res_id"] for vals in asked]),
            ]
        )
        names = ["res_model", "res_id", "activity_type_id", "user_id", "summary"]
        open_ones = known.read(names, load=None)
        for vals in open_ones:
            del vals["id"]
        activities.create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(vals["res_model"]),
                    **{name: vals[name] for name in names[1:]},
                    "date_deadline": day,
                }
                for vals in asked
                if vals not in open_ones
            ]
        )

    @api.model
    def _get_people(self, cases):
        """Return dict case -> who answers for its client in its company."""
        return {
            case: people[case.client_id]
            for company, some in cases.grouped("company_id").items()
            for people in [some.client_id._get_responsible_users(company)]
            for case in some
        }
