"""Complete a database of Odoo's modules: Russian beside English, and accounting."""

from odoo.tools.translate import load_language


def main(env, language):
    load_language(env.cr, language)
    company = env.ref("base.main_company")
    if not company.chart_template:  # demo data brings one
        env["account.chart.template"].try_loading(
            "generic_coa", company, install_demo=False
        )
