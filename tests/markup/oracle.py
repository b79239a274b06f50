"""Says what is wrong with a piece of HTML that people's text was turned into, with a parser of its own."""

from html.parser import HTMLParser

TAGS = {"a", "br", "code", "em", "strong", "blockquote", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "ul"}
TAGS |= {"table", "tbody", "td", "th", "thead", "tr"}
SCHEMES = ("http:", "https:", "mailto:", "tel:")


class _Oracle(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
        self.faults += [
            f"{tag} {name}={value}" for name, value in attrs if not self._is_allowed(tag, name, value or "")
        ]

    @staticmethod
    def _is_allowed(tag: str, name: str, value: str) -> bool:
        match tag, name:
            case "a", "href":
                return value.lower().startswith(SCHEMES)
            case "a", "rel":
                return value == "nofollow ugc noopener"
            case "ol", "start":
                return value.isdecimal()
        return False

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data}")

    handle_decl = unknown_decl = handle_pi = handle_comment


def faults(html: str) -> list[str]:
    """Return every tag, attribute, address, comment or declaration that text from people may not contain."""
    oracle = _Oracle()
    oracle.feed(html)
    oracle.close()
    return oracle.faults
