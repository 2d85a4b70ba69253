"""Messages to bytes and back: four bytes of length, big-endian, then MessagePack."""

import msgspec

from tutor.link.messages import Command, Report

HEADER = 4
"""Bytes of length before each message."""

_encode = msgspec.msgpack.Encoder().encode
_commands: msgspec.msgpack.Decoder[Command] = msgspec.msgpack.Decoder(Command)
_reports: msgspec.msgpack.Decoder[Report] = msgspec.msgpack.Decoder(Report)


def pack(message: Command | Report) -> bytes:
    """`message` with its length before it."""
    body = _encode(message)
    return len(body).to_bytes(HEADER, "big") + body


def length(header: bytes) -> int:
    """How many bytes follow `header`."""
    return int.from_bytes(header, "big")


def command(body: bytes) -> Command:
    """The command in `body`; `msgspec.DecodeError` if it holds none."""
    return _commands.decode(body)


def report(body: bytes) -> Report:
    """The report in `body`; `msgspec.DecodeError` if it holds none."""
    return _reports.decode(body)
