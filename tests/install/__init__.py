from . import test_demo, test_lifecycle, test_packaging, test_translations
