"""What runs in the virtual environment, beside psycopg2 and Odoo."""
