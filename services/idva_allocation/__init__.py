"""Finds an advocate for every victim at high risk, and puts on MARAC's agenda who belongs there.

hears    mash.incident-screened.v1, mash.risk-regraded.v1, mash.screening-withdrawn.v1,
         identity.advocate-conflicts-identified.v1, partner.advocate-roster.v1,
         partner.marac-meeting.v1, contact.closed.v1, contact.lead-handed-over.v1,
         contact.lead-lapsed.v1, contact.lead-revoked.v1, its own idva.queue-turn-due.v1
decides  who may take a victim and who does best, the order of the queue, who is referred to
         MARAC by which criterion, at which meeting, and when the backlog is too long
says     idva.advocate-allocated.v1, idva.allocation-queued.v1, idva.referral-closed.v1,
         idva.marac-listed.v1, idva.marac-delisted.v1, idva.marac-backlog-breached.v1,
         idva.alarm-raised.v1, idva.input-refused.v1
keeps    screened incidents, one allocation per contact group, advocates, meetings, listings
"""
