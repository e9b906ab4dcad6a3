"""Asks one agency at a time to contact a victim, covers everyone else, and ends every wish.

hears    mash.incident-screened.v1, mash.risk-regraded.v1, mash.screening-withdrawn.v1,
         identity.contact-request-identified.v1, identity.unsafe-contact-found.v1,
         identity.review-opened.v1, identity.review-decided.v1, identity.persons-merged.v1,
         identity.persons-separated.v1, idva.advocate-allocated.v1, idva.marac-listed.v1,
         idva.marac-delisted.v1, partner.contact-outcome.v1, partner.contact-closed.v1,
         its own contact.lease-due.v1, contact.attempt-clock.v1, contact.withheld-due.v1
decides  who leads, which points are safe, when attempts are due, when a lead lapses or is handed
         over, and when an episode is closed
says     contact.lead-granted.v1, -handed-over, -lapsed, -revoked, contact.details-changed.v1,
         contact.request-covered.v1, -flagged, contact.attempt-due.v1, -recorded,
         contact.withheld.v1, contact.closed.v1, contact.alarm-raised.v1, contact.input-refused.v1
keeps    one row per contact group, every lead ever granted, each reading of contact points
"""
