"""The console: the `onward` command, every report's story, the platform, a second pair of eyes.

hears    every topic but those of partners, its own notes included
decides  whether a clock that another service keeps is kept: an incident screened, each of its
         children thought of, an alert out before its deadline, an overdue screening said to be so
says     ops.alarm-raised.v1, ops.watch-due.v1 (to itself)
keeps    a note of everything said, in plain fields; what it watches of incidents and alerts
"""
