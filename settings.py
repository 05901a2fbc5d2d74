"""The settings of a deployment, all from the environment (`REDRESS_...`); read by composition roots only."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where everything is, and the few numbers that belong to a deployment and not to a policy.

    Attributes:
        temporal_address: host:port of the Temporal frontend.
        temporal_namespace: its namespace.
        database_url: Postgres as the application role.
        migration_url: Postgres as the owner role; needed by migrations, rebuild and redaction only.
        sandbox_url: base URL of the outside world's services.
        number_secret: key from which case numbers are derived; one per deployment, never changed.
        policy: the policy for openings that name none.
        service_wait: seconds an adapter waits for its service before it raises.
        carry_on_after: events after which a run continues as new.
        cached_workflows: how many workflows a worker keeps in memory; 0 replays every task.
        retention_days: how long the Temporal namespace keeps closed histories.
    """

    model_config = SettingsConfigDict(env_prefix="REDRESS_", hide_input_in_errors=True)

    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    database_url: str = ""
    migration_url: str = ""
    sandbox_url: str = ""
    number_secret: str = "embedded-stack-only"  # noqa: S105 - production sets its own (docker-compose.yml)
    policy: str = "retail-kr"
    service_wait: float = Field(default=30.0, ge=0)
    carry_on_after: int = Field(default=500, ge=10)
    cached_workflows: int = Field(default=1000, ge=0)
    retention_days: int = Field(default=365, ge=1)
