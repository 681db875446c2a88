"""Export the terms of an addon; bring its template and one translation up to them.

Neither file is written when nothing but dates would change.
"""

import io
from pathlib import Path

import polib

from odoo.tools.translate import trans_export

DATES = ("POT-Creation-Date", "PO-Revision-Date")


def main(env, addon, template, translation):
    fresh = _exported(env, addon)
    _save(fresh, template)
    if Path(translation).exists():
        known = polib.pofile(translation)
    else:
        known = polib.POFile()
        known.metadata = {**fresh.metadata, "Language": Path(translation).stem}
    merged = merge(known, fresh)
    _save(merged, translation)
    missing = len(merged.untranslated_entries()) + len(merged.fuzzy_entries())
    print(f"{len(merged)} terms, {missing} without a translation in {translation}")


def _exported(env, addon):
    buffer = io.BytesIO()
    trans_export(None, [addon], buffer, "po", env)
    return polib.pofile(buffer.getvalue().decode())


def merge(known, fresh):
    """The fresh terms, in their order, with the translations that are known."""
    known.merge(fresh)
    for gone in known.obsolete_entries():
        known.remove(gone)
    order = {(term.msgctxt, term.msgid): number for number, term in enumerate(fresh)}
    known.sort(key=lambda term: order[term.msgctxt, term.msgid])
    return known


def _save(terms, path):
    if not Path(path).exists() or _text(polib.pofile(path)) != _text(terms):
        terms.save(str(path))


def _text(terms):
    """What a file says, without its dates."""
    lines = str(terms).splitlines()
    return [line for line in lines if not line.lstrip('"').startswith(DATES)]
