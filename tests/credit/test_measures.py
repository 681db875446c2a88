"""Figures that are computed can be summed in pivots, graphs and groups of lists."""

from ..common import KamCommon


class TestMeasures(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.make_limited(1000, "Measured")
        cls.second = cls.make_limited(500, "Measured Too")
        cls.foreign = cls.make_limited(300, "Measured Abroad")
        cls.foreign.manager_id = cls.other_kam
        for client, amount in ((cls.first, 700), (cls.second, 90), (cls.foreign, 5)):
            cls.make_invoice(
                client.partner_ids, amount, date=cls.day(-90), due=cls.day(-60)
            )
        cls.clients = cls.first | cls.second | cls.foreign
        cls.domain = [("client_id", "in", cls.clients.ids)]
        cls.env["kam.collection.debt"]._open_cases(cls.clients.ids)

    def groups_of(self, model, *aggregates, user=None):
        model = self.env[model].with_user(user or self.director)
        return model._read_group(self.domain, ["manager_id"], aggregates)

    def test_lines_by_manager(self):
        groups = self.groups_of(
            "kam.credit.line", "exposure:sum", "headroom:sum", "effective_limit:sum"
        )
        self.assertCountEqual(
            groups,
            [(self.kam, 790, 710, 1500), (self.other_kam, 5, 295, 300)],
        )

    def test_cases_by_manager(self):
        groups = self.groups_of("kam.collection", "overdue:sum", "__count")
        self.assertCountEqual(groups, [(self.kam, 790, 2), (self.other_kam, 5, 1)])

    def test_a_manager_sums_what_he_sees(self):
        groups = self.groups_of("kam.credit.line", "exposure:sum", user=self.kam)
        self.assertEqual(groups, [(self.kam, 790)])

    def test_the_client_is_offered_the_measures(self):
        fields = self.env["kam.credit.line"].with_user(self.kam).fields_get()
        self.assertEqual(fields["exposure"]["aggregator"], "sum")
        self.assertFalse(fields["utilization"].get("aggregator"))
        self.assertFalse(
            self.env["kam.collection"].fields_get()["priority"].get("aggregator")
        )

    def test_a_pivot_asks_for_totals_at_once(self):
        found = (
            self.env["kam.credit.line"]
            .with_user(self.director)
            .formatted_read_grouping_sets(
                self.domain,
                [[], ["manager_id"]],
                ["overdue:sum", "overdue:sum_currency", "__count"],
            )
        )
        total = found[0][0]
        self.assertEqual(
            (total["overdue:sum"], total["overdue:sum_currency"], total["__count"]),
            (795, 795, 3),
        )

    def test_no_more_queries_for_more_lines(self):
        model = self.env["kam.credit.line"].with_user(self.director)
        self.env.invalidate_all()
        model._read_group([("client_id", "=", self.first.id)], [], ["overdue:sum"])
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            model._read_group(self.domain, ["client_id"], ["overdue:sum"])
