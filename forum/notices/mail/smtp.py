"""Handing one mail to the mail server."""

import smtplib
import ssl
from email.message import EmailMessage

from config import MailServer

SECONDS = 20.0  # for each answer of the server


class Unreachable(Exception):
    """The mail was not taken this time; it may be tried again."""


class Refused(Exception):
    """The server takes no mail for this address, today or tomorrow."""


def send(server: MailServer, recipient: str, mail: EmailMessage) -> None:
    """Hand a mail over; when this returns, the server has it. Raises Unreachable and Refused, in words without addresses."""
    try:
        with _connect(server) as connection:
            connection.send_message(mail, to_addrs=[recipient])
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        if code >= 500:
            raise Refused(str(code)) from None
        raise Unreachable(f"the recipient was put off: {code}") from None
    except smtplib.SMTPResponseException as error:
        raise Unreachable(f"the server answered {error.smtp_code}") from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(type(error).__name__) from None


def knock(server: MailServer) -> None:
    """Sign in and out again. Raises Unreachable."""
    try:
        with _connect(server, seconds=5.0):
            pass
    except smtplib.SMTPResponseException as error:
        raise Unreachable(f"the server answered {error.smtp_code}") from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(type(error).__name__) from None


def _connect(server: MailServer, seconds: float = SECONDS) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.is_encrypted:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=seconds)
    try:
        connection.ehlo_or_helo_if_needed()
        if not server.is_encrypted and connection.has_extn("starttls"):
            connection.starttls(context=context)
        elif not server.is_encrypted and not server.is_private:
            raise smtplib.SMTPNotSupportedError("the server offers no encryption")
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection
