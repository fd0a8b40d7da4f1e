"""Requests that a proxy and a server could parse differently, and other malformed ones.

Each is for acme, and smuggles one for globex.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

HOST = b"Host: acme.localhost\r\n"
ASK = b"GET /api/shop/ HTTP/1.1\r\n"
OTHER = b"Host: globex.localhost\r\n"
VICTIM = ASK + HOST + b"\r\n"
HIDDEN = ASK + OTHER + b"\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"

REFUSED = frozenset({"refused"})
ONE = frozenset({"refused", "one answer"})
TWO = frozenset({"two answers"})
#: Where the second request is plainly one: what is odd before it was dropped, or is no length.
SECOND_IS_PLAIN = frozenset({"refused", "two answers"})


@dataclass(frozen=True)
class Probe:
    """Bytes, and what may come of them: at the server itself, and through a proxy."""

    data: bytes
    direct: frozenset[str] = REFUSED
    proxied: frozenset[str] = ONE


def length(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n" % len(body)


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def with_headers(headers: bytes, body: bytes = HIDDEN) -> Probe:
    return Probe(ASK + HOST + headers + b"\r\n" + body)


BEHIND = b"0\r\n\r\n" + HIDDEN
INSIDE = chunk(HIDDEN)

LENGTHS = {
    "length, then chunks": with_headers(length(BEHIND) + CHUNKED, BEHIND),
    "chunks, then length": with_headers(CHUNKED + length(BEHIND), BEHIND),
    "chunks, and a length of their first line": with_headers(
        b"Content-Length: 4\r\n" + CHUNKED, INSIDE
    ),
    "two lengths": with_headers(b"Content-Length: 0\r\n" + length(HIDDEN)),
    "two lengths, the other way": with_headers(length(HIDDEN) + b"Content-Length: 0\r\n"),
    "two lengths in one": with_headers(b"Content-Length: 0, %d\r\n" % len(HIDDEN)),
    "the same length twice": Probe(with_headers(length(HIDDEN) * 2).data, direct=ONE),
    "a length with a sign": with_headers(b"Content-Length: +0\r\n"),
    "a negative length": with_headers(b"Content-Length: -1\r\n"),
    "a length in hexadecimal": with_headers(b"Content-Length: 0x0\r\n"),
    "a length too large": with_headers(b"Content-Length: 99999999999999999999999\r\n"),
    "no length at all": with_headers(b"Content-Length:\r\n"),
    "an unread body": Probe(with_headers(length(HIDDEN)).data, direct=ONE),
    "an unread body, refused": Probe(
        b"POST /livez HTTP/1.1\r\n" + HOST + length(HIDDEN) + b"\r\n" + HIDDEN
    ),
}

CODINGS = {
    f"Transfer-Encoding{written}": with_headers(
        b"Transfer-Encoding" + written.encode().decode("unicode_escape").encode() + b"\r\n", INSIDE
    )
    for written in (
        ": chunked",
        ":chunked",
        ":\\tchunked",
        ": CHUNKED",
        " : chunked",
        ": xchunked",
        ": chunked, identity",
        ": identity, chunked",
        ": gzip, chunked",
        ": identity",
        ': "chunked"',
        ": \\x0bchunked",
        ": chunked\\x00",
        ": chunked;q=1",
        ": chunked\\r\\nTransfer-Encoding: identity",
        ": chunked\\r\\nTransfer-encoding: cow",
    )
} | {
    "chunks in HTTP/1.0": Probe(
        ASK.replace(b"1.1", b"1.0") + HOST + CHUNKED + b"\r\n" + INSIDE,
    ),
}

CHUNKS = {
    name: replace(with_headers(CHUNKED, body), proxied=SECOND_IS_PLAIN if "bare" in name else ONE)
    for name, body in {
        "a chunk size that overflows": b"fffffffffffffffff0\r\n" + INSIDE,
        "a negative chunk size": b"-2\r\n{}\r\n" + BEHIND,
        "a chunk size with 0x": b"0x2\r\n{}\r\n" + BEHIND,
        "a chunk with an extension": b"2;a=b\r\n{}\r\n0\r\n\r\n",
        "an extension with a line feed": b"2;a\nxx\r\n5b\r\n0\r\n\r\n" + HIDDEN,
        "a chunk without its end": b"2\r\n{}XX" + BEHIND,
        "chunks in bare lines": b"2\n{}\n0\n\n" + HIDDEN,
        "a trailer that names a host": b"0\r\nHost: globex.localhost\r\n\r\n",
    }.items()
}

LINES = {
    "bare line feeds": Probe(VICTIM.replace(b"\r\n", b"\n"), direct=ONE),
    "chunks behind a bare line feed": with_headers(
        b"X-A: b\nTransfer-Encoding: chunked\r\n", INSIDE
    ),
    "a bare carriage return": with_headers(b"X-A: b\rX-B: c\r\n"),
    "chunks behind a bare carriage return": with_headers(
        b"X-A: b\rTransfer-Encoding: chunked\r\n", INSIDE
    ),
    "NUL in a header": with_headers(b"X-A: a\0b\r\n"),
    "NUL in the path": Probe(b"GET /api/\0shop/ HTTP/1.1\r\n" + HOST + b"\r\n" + HIDDEN),
    "NUL in the path, escaped": Probe(b"GET /api/%00shop/ HTTP/1.1\r\n" + HOST + b"\r\n"),
    "a folded header": with_headers(b"X-A: a\r\n b\r\n"),
    "a space before a colon": with_headers(b"X-A : b\r\n"),
    "a space before the first header": Probe(ASK + b" X-A: b\r\n" + HOST + b"\r\n" + HIDDEN),
    "no colon": replace(with_headers(b"X-A\r\n"), proxied=SECOND_IS_PLAIN),
    "no name": with_headers(b": b\r\n"),
    "a length by another name": Probe(
        with_headers(b"Content_Length: %d\r\n" % len(HIDDEN)).data, SECOND_IS_PLAIN, SECOND_IS_PLAIN
    ),
    "two protocols": Probe(b"GET /api/shop/ HTTP/1.1 HTTP/1.1\r\n" + HOST + b"\r\n"),
}

HOSTS = {
    "two hosts": Probe(ASK + HOST + OTHER + b"\r\n"),
    "two hosts, the other way": Probe(ASK + OTHER + HOST + b"\r\n"),
    "the same host twice": Probe(ASK + HOST * 2 + b"\r\n"),
    "two hosts in one": Probe(ASK + b"Host: acme.localhost, globex.localhost\r\n\r\n"),
    "a host with a user": Probe(ASK + b"Host: acme.localhost@globex.localhost\r\n\r\n"),
    "an empty host": Probe(ASK + b"Host:\r\n\r\n"),
    "no host": Probe(ASK + b"\r\n"),
    "no host in HTTP/1.0": Probe(ASK.replace(b"1.1", b"1.0") + b"\r\n"),
    "another host in the target": Probe(
        b"GET http://globex.localhost/api/shop/ HTTP/1.1\r\n" + HOST + b"\r\n", direct=ONE
    ),
}

SIZES = {
    "a header of 40 kB": with_headers(b"X-A: %s\r\n" % (b"a" * 40_000), b""),
    "300 headers": with_headers(b"".join(b"X-%d: a\r\n" % number for number in range(300)), b""),
    "a path of 70 kB": Probe(b"GET /%s HTTP/1.1\r\n" % (b"a" * 70_000) + HOST + b"\r\n"),
}

PROTOCOLS = {
    "HTTP/0.9": Probe(b"GET /api/shop/\r\n\r\n"),
    "HTTP/1.2": Probe(ASK.replace(b"1.1", b"1.2") + HOST + b"\r\n"),
    "HTTP/2.0": Probe(ASK.replace(b"1.1", b"2.0") + HOST + b"\r\n"),
    "HTTP/2's opening": Probe(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "an upgrade to h2c": Probe(
        ASK + HOST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
        direct=ONE,
    ),
    "an expectation": Probe(
        ASK + HOST + b"Expect: 100-continue\r\n" + length(HIDDEN) + b"\r\n" + HIDDEN, direct=ONE
    ),
    "TRACE": Probe(b"TRACE /livez HTTP/1.1\r\n" + HOST + b"\r\n"),
    "CONNECT": Probe(b"CONNECT globex.localhost:80 HTTP/1.1\r\n" + HOST + b"\r\n"),
    "FOO": Probe(b"FOO /livez HTTP/1.1\r\n" + HOST + b"\r\n"),
    "OPTIONS *": Probe(b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n"),
    "two requests, plainly": Probe(VICTIM + VICTIM, direct=TWO, proxied=TWO),
}

PROBES = LENGTHS | CODINGS | CHUNKS | LINES | HOSTS | SIZES | PROTOCOLS
