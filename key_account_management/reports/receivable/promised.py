"""What is promised of each open item of a client."""


def share_promises(items, promises):
    """Return dict item id -> amount that open promises say will be paid of it.

    A promise about documents goes to these, any other to whatever is left; both to
    what is due first. More than is open of an item is never promised of it.

    :param items: list of (id, document id, residual above 0), due first first
    :param promises: list of (amount still to come, set of document ids or empty)
    """
    left = {item_id: residual for item_id, _move, residual in items}
    for rest, moves in sorted(promises, key=lambda promise: not promise[1]):
        for item_id, move_id, _residual in items:
            if not moves or move_id in moves:
                share = min(max(rest, 0.0), left[item_id])
                left[item_id] -= share
                rest -= share
    return {item_id: residual - left[item_id] for item_id, _move, residual in items}
