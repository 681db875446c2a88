from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

ADDON = "key_account_management"
ROWS = 5


class KamDeskTile(models.AbstractModel):
    """How the tiles of *My desk* are put together.

    A tile is a method ``_tile_<name>(morning)`` of a model that inherits this one; it
    returns :meth:`_tile` or None where it has nothing to say. Every figure carries the
    records behind it: opening them and adding up ``field`` (or counting them) gives
    its value. Everything is read with the rights of the user.
    """

    _name = "kam.desk.tile"
    _description = "Tile of My Desk"

    def _tile(
        self, title, figures=(), rows=(), chart=None, empty="", text="", more=None
    ):
        """Return a tile.

        :param figures: what stands on top; see :meth:`_figure`
        :param rows: lines below; see :meth:`_row`
        :param chart: see :meth:`_chart`
        :param empty: what it says instead when it has neither figure above 0 nor row
        :param text: what it says in any case
        :param more: what the title opens; default what the first figure opens
        """
        figures = list(figures)
        has_figures = any(figure["value"] for figure in figures)
        return {
            "title": title,
            "figures": figures,
            "rows": list(rows),
            "chart": chart,
            "text": text,
            "empty": "" if has_figures or rows or chart else empty,
            "open": more or (figures[0]["open"] if figures else False),
        }

    def _figure(self, label, value, opens, field=False, kind="count", tone=""):
        """Return a figure.

        :param opens: the records behind it; see :meth:`_open`
        :param field: what is added up over the records; default they are counted
        :param kind: how it is written: count, money or points
        :param tone: danger, warning, success, or nothing; only where it is not 0
        """
        return {
            "label": label,
            "value": value,
            "field": field,
            "kind": kind,
            "tone": tone if value else "",
            "open": opens,
        }

    def _open(self, action, model, domain, title):
        """Return what opens the records of a domain.

        :param action: name of a window action of ours
        """
        return {
            "action": action if "." in action else f"{ADDON}.{action}",
            "model": model,
            "domain": list(Domain(domain)),
            "title": title,
        }

    def _count_all(self, searches):
        """Return how many records each of several domains finds, in one query.

        :param searches: list of (model, domain)
        """
        # each search brings the rights of the user with it
        counts = [
            SQL(
                "(SELECT COUNT(*) FROM (%s) found)",
                self.env[model]._search(domain).select(),
            )
            for model, domain in searches
        ]
        if not counts:
            return []
        [row] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(counts)))
        return list(row)

    def _row(self, record, title, note="", figures=(), opens=None, tone=""):
        """Return a line that opens ``record`` (or ``opens``)."""
        return {
            "id": f"{record._name},{record.id}",
            "title": title or "",
            "note": note or "",
            "tone": tone,
            "figures": list(figures),
            "open": {"model": record._name, "id": record.id} if not opens else opens,
        }

    def _row_figure(
        self, record, field, label="", kind="money", tone="", currency=None
    ):
        """Return a figure of a line: a field of the record that the line opens."""
        value = record[field]
        return {
            "label": label,
            "value": value,
            "field": field,
            "kind": kind,
            "tone": tone if value else "",
            "currency": currency.id if currency else False,
            "open": False,
        }

    def _chart(self, bars, is_horizontal=False, lines=()):
        """Return a bar chart of figures; nothing if all are 0.

        :param lines: dicts of ``label``, ``tone`` and ``values``, one or None per bar
        """
        bars = list(bars)
        if not any(bar["value"] for bar in bars):
            return None
        return {"bars": bars, "horizontal": is_horizontal, "lines": list(lines)}
