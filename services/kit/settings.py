"""Everything a process is told from outside: read once, in `__main__`, and then passed on."""

from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.kit.areas import DEFAULT_DIR

Role = Literal["consumer", "relay", "dispatcher", "door"]
ALL_ROLES: tuple[Role, ...] = ("consumer", "relay", "dispatcher", "door")


class Settings(BaseSettings):
    """Settings of one service's process, from the environment (`ONWARD_...`)."""

    model_config = SettingsConfigDict(env_prefix="ONWARD_", frozen=True, extra="ignore")

    kafka: str = "127.0.0.1:9092"
    """Bootstrap addresses of the broker."""
    database_url: SecretStr = SecretStr("postgresql://{service}:{password}@{host}:{port}/{service}")
    """Where the service's own database is; what stands in braces is filled in."""
    database_host: str = "127.0.0.1"
    database_port: int = 5432
    database_password: SecretStr = SecretStr("")
    database_connections: int = Field(default=6, ge=3)

    area_dir: Path = Path(DEFAULT_DIR)
    keyring_file: Path | None = None
    """The keys this service opens and seals with; none = it opens and seals nothing."""
    tokens_file: Path | None = None
    """The hashes of the senders' tokens; none = nobody enters by a door."""

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 1025
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str = "onward@onward.invalid"
    mails_a_second: float = Field(default=50.0, gt=0)
    mails_together: int = Field(default=1, ge=1)
    """How many outcomes are written in one transaction: the price of a crash, in second copies."""

    notify_url: str = "https://api.notifications.service.gov.uk"
    notify_key: SecretStr | None = None
    """GOV.UK Notify's API key; none = nothing is sent through it."""
    notify_template: str = ""
    """The id of its template, which shows `subject` and `body` as they are given."""
    notify_callback_token: SecretStr | None = None
    """What Notify's callbacks carry; none = none is heard."""

    role: tuple[Role, ...] = ALL_ROLES
    session_seconds: float = Field(default=20.0, ge=6)
    """How long the broker waits for a member that is silent before others take its partitions."""
    member: str | None = None
    """A name that stays when this process starts again, and that no other one has: it then has its
    partitions back at once, instead of after the session; none = it joins as somebody new."""
    host: str = "127.0.0.1"
    port: int = 8080
    """Where health, metrics and the service's door listen; 0 = nowhere."""
    backlog_limit: int = Field(default=200_000, ge=1)
    """Announcements that may wait for the broker before the door says: later."""
    ahead_seconds: float = Field(default=1.0, ge=0)
    """In a service with lanes routine announcements wait while one who hears what comes of them has
    more before it than it takes in so long; 0 = nothing waits."""
    log_level: str = "INFO"
    otlp_endpoint: str | None = None
    """Where traces go; none = spans are not recorded."""

    def database_of(self, service: str) -> str:
        """The address of a service's database, password included: never log it."""
        return self.database_url.get_secret_value().format(
            service=service,
            password=quote(self.database_password.get_secret_value(), safe=""),
            host=self.database_host,
            port=self.database_port,
        )
