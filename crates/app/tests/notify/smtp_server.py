"""A mail server for tests: `smtp_server.py FOLDER MODE [CERTIFICATE KEY]`. Prints its port, keeps each letter as JSON.

MODE is `plain`, `starttls`, `tls` or `login` (STARTTLS, then user `desk` and password `open sesame`). The recipient's
name says what becomes of a letter.
"""

import asyncio
import email
import email.policy
import json
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder, mode, *files = sys.argv[1:]

AT_RECIPIENT = {
    "nobody": "550 5.1.1 no such user here",
    "gone": "551 user not local",
    "later": "451 4.7.1 greylisted, come back later",
    "full": "452 4.2.2 mailbox full",
    "relay": "554 5.7.1 relay access denied",
}
AFTER_TEXT = {
    "unknown": "550 5.1.10 recipient not found",
    "spam": "554 5.7.1 looks like spam",
    "busy": "451 4.3.0 out of room",
}


def name(address):
    return address.split("@")[0]


class Handler:
    kept = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if name(address) in AT_RECIPIENT:
            return AT_RECIPIENT[name(address)]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        to = name(envelope.rcpt_tos[0])
        if to in AFTER_TEXT:
            return AFTER_TEXT[to]
        if to == "slow":
            await asyncio.sleep(3600)
        self.keep(session, envelope)
        return "250 2.0.0 kept"

    def keep(self, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        kept = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {key.lower(): str(value) for key, value in letter.items()},
            "text": letter.get_content(),
            "encrypted": session.ssl is not None,
            "user": getattr(session.auth_data, "login", b"").decode(),
        }
        Handler.kept += 1
        pathlib.Path(folder, f"{Handler.kept}.json").write_text(json.dumps(kept))


def authenticate(server, session, envelope, mechanism, data):
    right = data.login == b"desk" and data.password == b"open sesame"
    return AuthResult(success=right, handled=False, auth_data=data)


def settings(context):
    if mode == "login":
        return {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": authenticate}
    if mode == "starttls":
        return {"tls_context": context, "require_starttls": True}
    return {}


async def main():
    context = None
    if files:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
    protocol = lambda: SMTP(Handler(), hostname="mail.test", enable_SMTPUTF8=True, **settings(context))
    from_start = context if mode == "tls" else None
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=from_start)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
