"""What stands behind ./kam: set-up, demo, tests, measurements.

Standard library only: these modules run before anything has been installed.
The exceptions are `inside/` and the pytest plugin, which run in the virtual
environment that the set-up makes.
"""
