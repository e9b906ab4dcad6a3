"""The console: the `onward` command, the timeline of every report, and the platform."""
