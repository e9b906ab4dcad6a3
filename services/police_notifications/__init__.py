"""Takes police reports in: accepts, amends, cancels or refuses them, and seals what is personal.

hears    partner.incident-report.v1, on the topic and at `POST /v1/incident-reports`
decides  whether a report can be acted on, its effective risk, who may see which part of it
says     police.incident-reported.v1, police.incident-amended.v1, police.incident-cancelled.v1,
         police.report-refused.v1, police.alarm-raised.v1
keeps    each report as last revised, and what every earlier revision left standing
"""
