"""TLS as BCP 195 (RFC 9325) and DICOM PS3.15 B.12 ask for it: 1.2 at least, 1.3 preferred, forward secrecy, AEAD ciphers."""

from __future__ import annotations

import datetime
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.config import Tls
from SlicerSpineGuide.translation import tr

_CIPHERS_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20"


@dataclass(frozen=True)
class Certificate:
    """The node's own certificate as a technician wants to see it."""

    subject: str
    expires: datetime.datetime
    days_left: float

    def warning(self, warn_days: int) -> str:
        """A sentence where it has expired or is about to; "" otherwise."""
        if self.days_left < 0:
            return tr("The TLS certificate expired on {date}: peers will refuse it; install a new one.").format(
                date=self.expires.date()
            )
        if self.days_left < warn_days:
            return tr("The TLS certificate expires in {days:.0f} days, on {date}: renew it.").format(
                days=self.days_left, date=self.expires.date()
            )
        return ""


def server_context(settings: Tls) -> ssl.SSLContext | None:
    """The context for accepting associations, None where TLS is off; BadInput names the file that cannot be used."""
    if settings.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _secure(context)
    _load_chain(context, settings)
    if settings.ca is not None:
        _trust(context, settings.ca)
        context.verify_mode = ssl.CERT_REQUIRED if settings.mutual else ssl.CERT_OPTIONAL
    return context


def client_context(settings: Tls) -> ssl.SSLContext:
    """The context for calling others: their certificate is checked against `ca`, or the system's CAs, and ours is shown."""
    context = ssl.create_default_context()
    _secure(context)
    context.check_hostname = False  # modalities are known by address and CA; their certificates rarely name a host
    if settings.ca is not None:
        _trust(context, settings.ca)
    if settings.certificate is not None:
        _load_chain(context, settings)
    return context


def read_certificate(path: Path, now: datetime.datetime | None = None) -> Certificate:
    """Subject and end of a PEM certificate; BadInput where it is none. now: aware, UTC."""
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadInput(tr("tls.certificate: {path} is no PEM certificate ({why}).").format(path=path, why=error)) from None
    expires = certificate.not_valid_after_utc
    left = expires - (now or datetime.datetime.now(datetime.timezone.utc))
    return Certificate(certificate.subject.rfc4514_string(), expires, left.total_seconds() / 86400.0)


def _secure(context: ssl.SSLContext) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS_1_2)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION


def _load_chain(context: ssl.SSLContext, settings: Tls) -> None:
    assert settings.certificate is not None
    try:
        context.load_cert_chain(settings.certificate, settings.key, password=lambda: "")  # never ask at a terminal
    except (OSError, ssl.SSLError, ValueError) as error:
        text = tr("tls.certificate: {certificate} and its key {key} cannot be used ({why}).")
        raise BadInput(text.format(certificate=settings.certificate, key=settings.key, why=error)) from None


def _trust(context: ssl.SSLContext, ca: Path) -> None:
    try:
        context.load_verify_locations(ca)
    except (OSError, ssl.SSLError) as error:
        raise BadInput(tr("tls.ca: {path} cannot be used ({why}).").format(path=ca, why=error)) from None
