"""Sums of money in words, as contracts and letters want them."""

from num2words import num2words

# Currency -> unit and subunit; Russian after 1, after 2 to 4, after 5 and more.
_RUSSIAN = {
    "RUB": (("рубль", "рубля", "рублей"), ("копейка", "копейки", "копеек")),
    "USD": (("доллар", "доллара", "долларов"), ("цент", "цента", "центов")),
    "EUR": (("евро", "евро", "евро"), ("цент", "цента", "центов")),
}
_ENGLISH = {
    "RUB": (("rouble", "roubles"), ("kopeck", "kopecks")),
    "USD": (("dollar", "dollars"), ("cent", "cents")),
    "EUR": (("euro", "euros"), ("cent", "cents")),
}


def amount_in_words(amount, currency, lang_code):
    """Return an amount in words: the units spelled out, the subunits in digits.

    121.05 roubles are "One hundred and twenty-one roubles 05 kopecks". A currency
    without declined names is named by its code, with the subunits as a fraction.

    :param amount: float, rounded to the currency
    :param currency: res.currency
    :param lang_code: code of a language of Odoo; Russian, all others get English
    """
    is_russian = (lang_code or "").startswith("ru")
    sign, digits = ("-", -amount) if amount < 0 else ("", amount)
    units, _dot, subunits = f"{digits:.{currency.decimal_places}f}".partition(".")
    if not int(units) and not int(subunits or 0):
        sign = ""
    number = num2words(int(units), lang="ru" if is_russian else "en")
    names = (_RUSSIAN if is_russian else _ENGLISH).get(currency.name)
    inflect = _russian_form if is_russian else _english_form
    if not names:
        words = f"{number} {currency.name}"
        if subunits:
            words += f" {subunits}/{10 ** len(subunits)}"
    else:
        words = f"{number} {inflect(int(units), names[0])}"
        if subunits:
            words += f" {subunits} {inflect(int(subunits), names[1])}"
    if sign:
        words = f"{'минус' if is_russian else 'minus'} {words}"
    return words[:1].upper() + words[1:]


def _russian_form(number, forms):
    """Return the form of a noun after a number: 1 рубль, 2 рубля, 5 рублей."""
    if number % 10 == 1 and number % 100 != 11:
        return forms[0]
    if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        return forms[1]
    return forms[2]


def _english_form(number, forms):
    return forms[0] if number == 1 else forms[1]
