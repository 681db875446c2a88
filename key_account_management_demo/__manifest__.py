{
    "name": "Key Account Management: Demo Company",
    "version": "19.0.1.0.0",
    "category": "Sales/Key Accounts",
    "summary": "Two years of documents for the demo data of Key Account Management",
    "author": "Key Account Management contributors",
    "license": "LGPL-3",
    "depends": ["key_account_management"],
    "demo": ["demo/kam_demo.xml"],
}
