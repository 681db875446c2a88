"""stub"""

HELP = "stub"


def add_arguments(parser):
    pass


def run(options, rest):
    return 0
