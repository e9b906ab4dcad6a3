"""What is said when something that the platform needs is not there."""


class PlatformMissing(Exception):  # noqa: N818
    """The platform cannot start; the message is one sentence for a person."""
