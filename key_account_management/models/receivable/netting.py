"""What may be claimed of open items: less the credits of the same legal entity."""

TINY = 0.000001  # below any unit of money, above the dust of floats


def net(claims, credits):
    """Take the credits off the claims of their legal entity, the oldest claim first.

    A negative instalment reduces its own document; money and credit notes then reduce
    the documents in their currency, and what is left of them the others, by what it is
    worth in company currency.

    :param claims: dicts, oldest first, with ``partner_id``, ``move_id``,
        ``currency_id``, ``amount`` (to claim, in that currency) and ``debt`` (the same
        in company currency). Both are reduced, and added are ``credits``, the list of
        (date, amount in the currency of the claim), and ``is_matchable``: whether an
        accountant could match one of them
    :param credits: dicts with ``partner_id``, ``move_id``, ``currency_id``, ``date``,
        ``amount`` and ``debt``, above zero; they are used up
    """
    for claim in claims:
        claim.update(credits=[], is_matchable=False)
    rounds = (
        lambda claim, credit: claim["move_id"] == credit["move_id"],
        lambda claim, credit: claim["currency_id"] == credit["currency_id"],
        lambda claim, credit: True,
    )
    by_partner = {}
    for credit in credits:
        by_partner.setdefault(credit["partner_id"], []).append(credit)
    for may_reduce in rounds:
        for claim in claims:
            for credit in by_partner.get(claim["partner_id"], ()):
                if may_reduce(claim, credit):
                    _reduce(claim, credit)


def _reduce(claim, credit):
    """Take a credit off a claim, as far as both go."""
    if min(claim["amount"], claim["debt"], credit["amount"], credit["debt"]) <= TINY:
        return
    if claim["currency_id"] == credit["currency_id"]:
        used = min(claim["amount"], credit["amount"])
        part, share = used / claim["amount"], used / credit["amount"]
    else:
        worth = min(claim["debt"], credit["debt"])
        part, share = worth / claim["debt"], worth / credit["debt"]
    claim["credits"].append((credit["date"], claim["amount"] * part))
    if claim["move_id"] != credit["move_id"]:
        claim["is_matchable"] = True
    for figures, taken in ((claim, part), (credit, share)):
        for name in ("amount", "debt"):
            figures[name] -= figures[name] * taken
