"""Text becomes HTML in one place: whoever says elsewhere that something is safe is named here."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAKER = "forum/markup.py"
SAYS_SAFE = re.compile(r"\|\s*safe\b|\bautoescape\s+false\b|\bMarkup\(|\brender_template_string\b|def __html__")


def test_only_one_module_says_that_html_is_safe() -> None:
    sources = [*ROOT.glob("forum/**/*.py"), *ROOT.glob("templates/**/*.html"), *ROOT.glob("templates/**/*.txt")]
    assert len(sources) > 200
    found = [path.relative_to(ROOT).as_posix() for path in sources if SAYS_SAFE.search(path.read_text("utf-8"))]
    assert found == [MAKER]
