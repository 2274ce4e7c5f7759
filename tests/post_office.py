"""A real SMTP server on loopback, which takes mail or misbehaves in the ways that servers do."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.live import free_port


@dataclass
class PostOffice:
    """`taken` are the mails whose content arrived whole, whatever was answered; `answers` what is said to whom instead of "250"."""

    taken: list[EmailMessage] = field(default_factory=list)
    to_sender: str = ""
    to_recipient: dict[str, str] = field(default_factory=dict)
    to_content: dict[str, str] = field(default_factory=dict)
    # Carried out with each mail before it is answered; may take its time.
    meanwhile: Callable[[EmailMessage], Any] | None = None
    # Hang up after the content of a mail to one of these, without an answer.
    hangs_up_on: set[str] = field(default_factory=set)
    # Hang up once when one of these is named, before any content.
    hangs_up_before: set[str] = field(default_factory=set)
    connections: int = 0
    port: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_sender:
            return self.to_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.hangs_up_before:
            self.hangs_up_before.remove(address)
            server.transport.abort()
        if answer := self.to_recipient.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        self.taken.append(letter)
        if self.meanwhile:
            await asyncio.get_running_loop().run_in_executor(None, self.meanwhile, letter)
        if envelope.rcpt_tos[0] in self.hangs_up_on:
            server.transport.abort()
        return self.to_content.get(envelope.rcpt_tos[0], "250 OK")

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.taken if letter["To"] == address]


@contextmanager
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    controller = Controller(office, hostname="127.0.0.1", port=free_port())
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop()


@contextmanager
def silent_server(banner: bytes = b"") -> Iterator[int]:
    """Takes connections, says `banner`, and never another word; yields its port."""
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        held: list[socket.socket] = []

        def accepting() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                    held[-1].sendall(banner)
                except OSError:
                    return

        thread = threading.Thread(target=accepting)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for one in held:
                one.close()
            thread.join()


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def codes_in(letter: EmailMessage) -> list[str]:
    """The items of a message, in order: each stands in brackets behind its title. Sums have none."""
    lines = [line for line in text_of(letter).splitlines() if line.startswith("- ")]
    found = (re.search(r"\(([A-Z0-9-]+)(?:, [^)]*)?\)(?:$|: )", line) for line in lines)
    return [one[1] for one in found if one]


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)
