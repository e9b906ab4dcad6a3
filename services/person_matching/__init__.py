"""Tells who is who: which reports are about one person, and which victims may be one.

hears    police.incident-reported.v1, -amended, -cancelled; partner.contact-request.v1,
         -advocate-roster, -pupil-enrolment, -identity-decision; its own identity.review-due.v1
decides  whether a record is somebody known, new, or a question for a human; who is contacted
         as one; which contact points other records make unsafe
says     identity.incident-identified.v1, -incident-withdrawn, -contact-request-identified,
         -unsafe-contact-found, -advocate-conflicts-identified, -pupil-enrolment-identified,
         -review-opened, -review-decided, -persons-merged, -persons-separated, -alarm-raised,
         -input-refused
keeps    records, the persons they belong to, reviews, and what was last said of each thing
"""
