from . import kam_sales_report
