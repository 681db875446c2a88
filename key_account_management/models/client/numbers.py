"""Numbers as a reader's language writes them."""

from math import copysign

from odoo.tools.misc import formatLang


def format_number(env, number, digits=2, is_signed=False):
    """Return a number with the decimal point of the language, without idle zeros.

    What is below 100 is never shown as 100: of 99.7 % something is missing.

    :param env: environment whose language is written
    :param digits: digits after the point at most
    :param is_signed: whether what is above zero gets a plus
    """
    shown = round(number, digits)
    if abs(shown) == 100 > abs(number):
        shown = copysign(100 - 10**-digits, number)
    kept = len(f"{shown:.{digits}f}".partition(".")[2].rstrip("0"))
    sign = "+" if is_signed and shown > 0 else ""
    return sign + formatLang(env, shown, digits=kept)
