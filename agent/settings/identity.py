"""The table of the host's and the directory's view of names."""

from pathlib import Path

from pydantic import Field

from agent.errors import ConfigError
from agent.settings import kinds
from agent.settings.table import Table


class IdentitySettings(Table):
    """Whom to ask whether a username is known, and which names nobody gets."""

    reserved_usernames: tuple[str, ...] = Field(
        default=(),
        description="Names that nobody is given, besides those of the system, of this host and of guard.protected.",
        examples=[["support", "guest"]],
    )
    getent: kinds.AbsolutePath = Field(
        default=Path("/usr/bin/getent"), description='The command that asks the name service (identity_gate = "nss").'
    )
    timeout: kinds.Period = Field(
        default=30, description="How long one answer of the name service or directory may take."
    )
    ldap_url: kinds.LdapUrl = Field(
        default="",
        description='The directory to ask (identity_gate = "ldap", source = "directory"): ldaps://, or ldap:// on'
        " loopback. Empty: none is asked.",
    )
    ca_file: kinds.AbsolutePath | None = Field(
        default=None,
        description="The certificates to trust when asking over ldaps://.",
        examples=["/etc/ssl/certs/site-ca.pem"],
    )
    server_name: str | None = Field(
        default=None,
        min_length=1,
        description="The name in the directory's certificate, when it is not the one in ldap_url.",
        examples=["ldap.example.org"],
    )
    base_dn: str = Field(default="", description="Where in the directory people are looked for, with all below it.")
    bind_dn: str = Field(default="", description="Who asks, an account that may search. Empty: anybody.")
    bind_password_file: kinds.PrivateFile | None = Field(
        default=None,
        description="The file with the password of bind_dn, closed to everybody else (chmod 600).",
        examples=["/etc/agent/ldap-password"],
    )

    def read_password(self) -> str:
        """The password, read now and kept nowhere; "" without a file. Raises ConfigError, which never quotes it."""
        if self.bind_password_file is None:
            return ""
        try:
            password = self.bind_password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except UnicodeDecodeError:  # its own text would quote the bytes
            password = ""
        except OSError as error:
            raise ConfigError(
                f"{self.bind_password_file}: the password of {self.bind_dn} cannot be read ({error.strerror}); let the"
                " agent's user read it"
            ) from error
        if not password or "\n" in password:
            raise ConfigError(f"{self.bind_password_file}: holds no password; write the password alone on one line")
        return password
