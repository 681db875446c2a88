{
    "name": "Key Account Management: Time Off",
    "version": "19.0.1.0.0",
    "category": "Sales/Key Accounts",
    "summary": "Approved time off of a key account manager proposes a substitution",
    "author": "Key Account Management contributors",
    "license": "LGPL-3",
    "depends": ["key_account_management", "hr_holidays"],
    "auto_install": True,
}
