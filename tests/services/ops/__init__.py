"""The console: replay, trace, platform, the watch of clocks."""
