"""Web addresses as people paste them: what makes two of them the same. Pure: no database, no network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

# Far longer than any address that a source may have, tracking parameters included.
LONGEST = 10_000
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
DEFAULT_PORTS = {"http": 80, "https": 443}
USUAL_PORTS = {f":{port}" for port in DEFAULT_PORTS.values()}
HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\Z|\[[0-9a-f:.]+\]\Z")
NO_ADDRESS = re.compile(r"[\x00-\x20\x7f-\xa0<>\"\\^`{|}\s]")

# Added by newsletters, networks and advertisements on the way to the page; none of them says which page it is.
TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "hsa_", "_hs", "__hs", "oly_", "vero_", "at_campaign", "at_medium")
TRACKING_NAMES = """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid rb_clickid igshid igsh li_fat_id mc_cid mc_eid
    _ga _gl mkt_tok hsctatracking _openstat s_cid cmpid wt_mc wt.mc_id xtor spm
"""
TRACKING = frozenset(TRACKING_NAMES.split())
ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Every character that may stand in a path or a query as it is.
PLAIN = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]")


@dataclass(frozen=True)
class Address:
    """The parts of a web address. `port` is "" where it is the usual one."""

    scheme: str
    host: str
    port: str
    path: str
    query: str
    fragment: str

    @classmethod
    def read(cls, text: str) -> Address | None:
        """What was pasted, an address without its scheme included; None where it is no web address."""
        text = text.strip()
        if not text or len(text) > LONGEST or NO_ADDRESS.search(text):
            return None
        try:
            parts = urlsplit(text if SCHEME.match(text) else f"https://{text}")
            host, port = _plain_host(parts.hostname or ""), parts.port
        except ValueError:
            return None
        if parts.scheme not in DEFAULT_PORTS or "@" in parts.netloc or not HOST.match(host):
            return None
        if "." not in host and not SCHEME.match(text):
            return None
        shown_port = "" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}"
        return cls(parts.scheme, host, shown_port, parts.path, parts.query, parts.fragment)

    @property
    def site(self) -> str:
        """The host without its `www.`."""
        host = self.host
        while host.startswith("www.") and "." in host.removeprefix("www."):
            host = host.removeprefix("www.")
        return host


def host_of(text: str) -> str:
    """The site that an address belongs to, without `www.`; "" where it is no web address."""
    address = Address.read(text)
    return address.site if address else ""


def clean_address(text: str) -> str:
    """The address as it is kept: whole and working, without what only tracks or scrolls. "" where it is none."""
    address = Address.read(text)
    if address is None:
        return ""
    query = "&".join(_telling(address.query))
    netloc = f"{address.host}{address.port}"
    return urlunsplit((address.scheme, netloc, address.path or "/", query, _route(address.fragment)))


def normalised_address(text: str) -> str:
    """One form for all spellings of an address, to compare and never to open; "" where it is no web address.

    http and https, `www.`, the case of the host, its usual port, a trailing slash, the order of parameters, tracking,
    percent-encoding and fragments make no difference.
    """
    address = Address.read(text)
    if address is None:
        return ""
    path = _without_dots(_escaped(address.path)).rstrip("/")
    pieces = (_escaped(piece.replace("+", "%20")) for piece in _telling(address.query))
    query = "&".join(sorted(pieces, key=lambda piece: piece.partition("=")[0]))
    port = "" if address.port in USUAL_PORTS else address.port
    return urlunsplit(("https", f"{address.site}{port}", path or "/", query, _escaped(_route(address.fragment))))


def language_hint(text: str) -> str:
    """The language that an address says it is in: `/ja/`, `_en`, `?lang=ja`, a Japanese site; "" where it says none."""
    address = Address.read(text)
    if address is None:
        return ""
    said = re.search(r"(?:^|[/_=.-])(en|ja|jp)(?=$|[/_.?&])", f"{address.path}?{address.query}".lower())
    if said:
        return "en" if said[1] == "en" else "ja"
    return "ja" if address.host.endswith(".jp") else ""


def _plain_host(host: str) -> str:
    """Lower case, in the letters of the domain name system; a UnicodeError is a ValueError."""
    host = host.rstrip(".")
    if ":" in host:
        return f"[{host}]"
    return host.encode("idna").decode("ascii").lower().rstrip(".")


def _telling(query: str) -> list[str]:
    """The parameters that say which page it is."""
    pieces = (piece for piece in query.split("&") if piece)
    return [piece for piece in pieces if not _tracks(_escaped(piece).partition("=")[0].lower())]


def _tracks(name: str) -> bool:
    return name in TRACKING or name.startswith(TRACKING_PREFIXES)


def _route(fragment: str) -> str:
    """The fragment where it names a page of its own, as those of one-page sites do."""
    return fragment if fragment.startswith(("!", "/")) else ""


def _escaped(text: str) -> str:
    """Percent-encoding in one spelling: of what needs it, in upper case, and of nothing else."""
    decoded = ESCAPE.sub(_decode_unreserved, text)
    whole = re.sub(r"%(?![0-9A-F]{2})", "%25", decoded)
    return "".join(sign if PLAIN.match(sign) else _percent(sign) for sign in whole)


def _decode_unreserved(escape: re.Match[str]) -> str:
    sign = chr(int(escape[1], 16))
    return sign if sign in UNRESERVED else escape[0].upper()


def _percent(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "surrogatepass"))


def _without_dots(path: str) -> str:
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept)
