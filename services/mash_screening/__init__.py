"""Screens every identified incident: priority, clock and pathways; practitioners decide.

hears    identity.incident-identified.v1, identity.incident-withdrawn.v1,
         partner.screening-decision.v1, its own mash.screening-due.v1 and mash.age-question-due.v1
decides  RAG of incident and children, due time, pathways and why not, MARAC criteria, what
         history makes of it, whether a practitioner's decision is acceptable and still stands
says     mash.incident-screened.v1, mash.risk-regraded.v1, mash.screening-withdrawn.v1,
         mash.screening-overdue.v1, mash.alarm-raised.v1, mash.input-refused.v1
keeps    one case per incident, the part sealed for MASH, every decision with its rationale
"""
