"""One page for the rates, terms and switches of all rooms."""

from ..common import ADDON, KamCommon


class TestSettings(KamCommon):
    def test_every_setting_of_the_company_is_on_the_page(self):
        company, page = self.env["res.company"], self.env["res.config.settings"]
        settings = {
            name
            for name, field in company._fields.items()
            if name.startswith("kam_") and ADDON in field._modules and field.store
        }
        settings -= {"kam_ladder_stage_id"}  # chosen where the ladder is started
        self.assertFalse(settings - set(page._fields))
        arch = page.get_view(
            self.env.ref("base.res_config_settings_view_form").id, "form"
        )["arch"]
        for name in settings:
            self.assertIn(f'name="{name}"', arch)

    def test_the_page_writes_the_company(self):
        page = self.env["res.config.settings"].create({"kam_letter_days": 9})
        page.execute()
        self.assertEqual(self.company.kam_letter_days, 9)
