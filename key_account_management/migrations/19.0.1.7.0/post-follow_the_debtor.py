"""Disputes follow the legal entity, and checks say how much of them is known.

The ranges of old checks were kept as text in the language of whoever made them; they
are read from the catalogue once more, to be shown in that of the reader.
"""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        UPDATE kam_dispute dispute
           SET client_id = partner.kam_client_id
          FROM account_move move
          JOIN res_partner partner ON partner.id = move.commercial_partner_id
         WHERE move.id = dispute.move_id AND partner.kam_client_id IS NOT NULL
           AND dispute.client_id IS DISTINCT FROM partner.kam_client_id
        """
    )
    cr.execute(
        """
        UPDATE kam_credit_check credit_check
           SET applicable_percent = factor.known
          FROM (
            SELECT check_id, COALESCE(100 * SUM(weight) FILTER (WHERE is_entered)
                             / NULLIF(SUM(weight), 0), 0) AS known
              FROM kam_credit_check_factor
          GROUP BY check_id
          ) factor
         WHERE factor.check_id = credit_check.id
           AND credit_check.applicable_percent IS DISTINCT FROM factor.known
        """
    )
    cr.execute(
        """
        UPDATE kam_credit_check_factor factor
           SET range_low = bounds.value_from, range_high = bounds.value_to,
               range_kind = CASE WHEN is_first AND is_last THEN 'any'
                                 WHEN is_first THEN 'below'
                                 WHEN is_last THEN 'from' ELSE 'between' END
          FROM (
            SELECT id, value_from, value_to,
                   value_from = MIN(value_from) OVER factors AS is_first,
                   value_from = MAX(value_from) OVER factors AS is_last
              FROM kam_credit_factor_range
            WINDOW factors AS (PARTITION BY factor_id)
          ) bounds
         WHERE factor.range_id = bounds.id
        """
    )
    cr.execute("ALTER TABLE kam_credit_check_factor DROP COLUMN IF EXISTS range_text")
