"""Growth between two periods, without the ORM: every split sums to it exactly."""

PARTS = ("new", "grown", "declined", "lost")


def get_part(base, now):
    """Return which part of the bridge a client belongs to; None without a change.

    What was credited below 0 in one period counts as growth or decline, so that all
    parts are positive.
    """
    if base == now:
        return None
    if not base and now > 0:
        return "new"
    if not now and base > 0:
        return "lost"
    return "grown" if now > base else "declined"


def get_bridge(rows):
    """Return the bridge of turnover from one period to another.

    start + new + grown − declined − lost = end, exactly: pass decimals.

    :param rows: list of (client id, base, now)
    :return: dict of ``start``, the four parts and ``end``, and ``clients``: dict part
        -> list of client ids, the largest change first
    """
    bridge = dict.fromkeys(("start", *PARTS, "end"), 0)
    changes = {part: [] for part in PARTS}
    for client_id, base, now in rows:
        bridge["start"] += base
        bridge["end"] += now
        if part := get_part(base, now):
            bridge[part] += abs(now - base)
            changes[part].append((-abs(now - base), client_id))
    clients = {
        part: [client_id for _change, client_id in sorted(found)]
        for part, found in changes.items()
    }
    return {**bridge, "clients": clients}


def get_like_for_like(rows):
    """Return (base, now) of the clients who bought in both periods."""
    both = [(base, now) for _client, base, now in rows if base > 0 and now > 0]
    return sum(base for base, _now in both), sum(now for _base, now in both)


def split_price(rows):
    """Split growth into price, volume and mix.

    Volume: what more or less of everything would have brought at the average of the
    base. Price: today's quantities at today's price less the price of the base, of
    products sold in both. Mix: the rest, so that dearer products are bought, or new
    ones. The three sum to the growth exactly.

    :param rows: list of (base quantity, base turnover, quantity now, turnover now),
        one per product
    """
    base_quantity = sum(row[0] for row in rows)
    base_turnover = sum(row[1] for row in rows)
    growth = sum(row[3] for row in rows) - base_turnover
    volume = 0
    if base_quantity > 0:
        quantity = sum(row[2] for row in rows)
        volume = base_turnover * (quantity - base_quantity) / base_quantity
    price = sum(
        now - quantity * before / base
        for base, before, quantity, now in rows
        if base > 0 and quantity > 0
    )
    volume, price = round(volume, 2), round(price, 2)
    return {"price": price, "volume": volume, "mix": growth - price - volume}
