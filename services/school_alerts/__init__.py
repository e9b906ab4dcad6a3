"""Tells each child's school before the start of its next school day (Operation Encompass).

hears    identity.incident-identified.v1, identity.incident-withdrawn.v1,
         identity.pupil-enrolment-identified.v1, partner.school-acknowledgement.v1,
         its own schools.alert-due.v1, schools.deadline-due.v1, schools.escalation-due.v1,
         schools.mail-ended.v1, schools.pupil-disowned.v1
decides  whom to tell about a child, by when, how much, and who is next when nobody answers
says     schools.alert-planned.v1, -sent, -acknowledged, -escalated, -withheld, -corrected,
         schools.alarm-raised.v1, schools.input-refused.v1
keeps    incidents with their children, one alert per incident, child and recipient,
         the authority's register of pupils, the register of schools and their calendars
opens    the part sealed for schools
"""
