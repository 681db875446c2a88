"""The analysis of open documents gives its name to the papers of a credit check."""

from odoo.addons.key_account_management.renaming import rename_model


def migrate(cr, version):
    if version:
        rename_model(
            cr,
            "kam.credit.document",
            "kam.credit.exposure",
            keep="kam_credit_document_type",
        )
