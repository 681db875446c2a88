"""Ending a substitution holds at once in every worker, whatever each has cached."""

from datetime import timedelta

from ..common import MAIL_OFF
from ..credit.test_server import ServerCase, Together

CALLS = 12


class TestSubstitutionWorkers(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.transaction() as env:
            cls.env = env(context=MAIL_OFF)
            users = cls.env["res.users"]
            people = ("kam", "other_kam", "head")
            cls.logins = {
                name: users.browse(getattr(cls, name).id).login for name in people
            }
            client = cls.make_client("Looked after by two", manager_id=cls.kam.id)
            today = cls.env.company._kam_today()
            substitution = cls.env["kam.substitution"].create(
                {
                    "absent_user_id": cls.kam.id,
                    "substitute_user_id": cls.other_kam.id,
                    "date_from": today,
                    "date_to": today + timedelta(days=1),
                }
            )
            substitution.action_confirm()
            cls.client_id, cls.substitution_id = client.id, substitution.id
        cls.env = None

    def count(self, browsers):
        """What each request sees of the client, all of them at the same moment."""
        domain = [["id", "=", self.client_id]]
        calls = [
            lambda b=browser: b.run("kam.client", "search_count", domain)
            for browser in browsers
        ]
        together = Together(calls).finish()
        self.assertEqual(together.failures, [])
        return set(together.results)

    def test_one_ends_it_and_every_worker_refuses(self):
        server = self.serve(2)
        substitute = [
            self.browse(server, self.logins["other_kam"]) for _number in range(CALLS)
        ]
        self.assertEqual(self.count(substitute), {1})
        self.assertEqual(self.count(substitute), {1})  # both are warm by now
        head = self.browse(server, self.logins["head"])
        head.run("kam.substitution", "action_end", [self.substitution_id])
        self.assertEqual(self.count(substitute), {0})
        with self.assertRaises(AssertionError):
            substitute[0].run("kam.client", "read", [self.client_id], ["name"])
