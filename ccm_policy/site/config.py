"""The configuration that mkdocs and its successors read: theme, extensions, navigation. All of it is plain data."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

Nav = list[Any]

SEPARATOR = r"[\s\-,:;!?=+~$%§·…→×–—−“”‘’'\"`|<>{}\[\]()/]+|&(?:(?:amp|[lg]t);)?|\.(?!\d)"
"""Where the search cuts a text into words, for Python's and for JavaScript's expressions alike: `$43.97` is found by
`43.97`, `consents.documented` by either word, `two_conditions` as it stands."""

NAVIGATION: list[tuple[str, list[str | tuple[str, list[str]]]]] = [
    (
        "Start",
        [
            "index.md",
            ("What may I bill?", ["bill/index.md"]),
            "getting-started.md",
            "from-export-to-bills.md",
            "worklist.md",
            "reviewing-a-change.md",
            "proofs.md",
            ("Concepts", ["concepts/*"]),
        ],
    ),
    ("Services", ["services/index.md", "services/*"]),
    (
        "Rules",
        [
            "rules/index.md",
            "disputes.md",
            ("Sources", ["sources/index.md"]),
            ("Examples", ["examples/index.md", "examples/*"]),
        ],
    ),
    ("Policies", ["policies/index.md", ("What changed", ["changes/index.md", "changes/*"]), "policies/*/index.md"]),
    ("Payers", ["layers/index.md", "layers/*"]),
    ("Rates", ["fees/index.md", "fees/localities.md", "fee-schedules.md", "fees/*"]),
    ("Facts", ["facts/index.md", "facts/*"]),
    ("Try it", ["try/index.md"]),
    (
        "Reference",
        [
            ("Language", ["language/reference.md", "language/*"]),
            ("Command line", ["commands/index.md", "commands/*"]),
            "api.md",
            ("Messages", ["messages/index.md"]),
            "*.md",
            ("Decisions", ["decisions/README.md", "decisions/*"]),
        ],
    ),
]
"""The tabs of the site and which pages stand in each, in order. A page is in the first place that takes it."""


def navigation(paths: list[str]) -> Nav:
    """The navigation of a site that has these pages. Rules, messages and localities are reached from their lists."""
    left = sorted(p for p in paths if p.count("/") <= 2)
    nav: Nav = []
    for title, patterns in NAVIGATION:
        taken: Nav = []
        for pattern in patterns:
            if isinstance(pattern, str):
                taken += _take(left, [pattern])
            elif group := _take(left, pattern[1]):
                taken.append({pattern[0]: group})
        if len(taken) == 1 and isinstance(taken[0], str):
            nav.append({title: taken[0]})
        elif taken:
            nav.append({title: taken})
    return nav


def _take(left: list[str], patterns: list[str]) -> list[str]:
    """The paths that fit, each taken out of what is left."""
    taken: list[str] = []
    for pattern in patterns:
        taken += [p for p in left if p not in taken and p.count("/") == pattern.count("/") and fnmatchcase(p, pattern)]
    left[:] = [p for p in left if p not in taken]
    return taken


def settings(nav: Nav, title: str, scripts: list[str]) -> dict[str, Any]:
    """Everything that stands in `mkdocs.yml`. Nothing is loaded from elsewhere: no web fonts, no other host."""
    palette = [
        {
            "media": f"(prefers-color-scheme: {name})",
            "scheme": scheme,
            "primary": "custom",
            "accent": "custom",
            "toggle": {"icon": f"material/{icon}", "name": f"Switch to {other} colours"},
        }
        for name, scheme, icon, other in [
            ("light", "default", "weather-night", "dark"),
            ("dark", "slate", "weather-sunny", "light"),
        ]
    ]
    return {
        "site_name": title,
        "site_description": "Billing rules of care management: what they say, since when, who says so, what they pay",
        "docs_dir": "docs",
        "use_directory_urls": True,
        "theme": {
            "name": "material",
            "language": "en",
            "font": False,
            "palette": palette,
            "icon": {"logo": "material/clipboard-check-outline"},
            "favicon": "assets/favicon.svg",
            "features": [
                "navigation.tabs",
                "navigation.indexes",
                "navigation.prune",
                "navigation.top",
                "search.suggest",
                "search.highlight",
                "content.code.copy",
                "toc.follow",
            ],
        },
        "plugins": [{"search": {"separator": SEPARATOR, "fields": {"tags": {"boost": 1000.0}}}}],
        "extra_css": ["assets/site.css"],
        "extra_javascript": scripts,
        "extra": {"generator": False},
        "copyright": "CPT codes are copyright of the American Medical Association; their descriptors are not shown.",
        "markdown_extensions": [
            "admonition",
            "attr_list",
            "md_in_html",
            "tables",
            {"toc": {"permalink": True, "toc_depth": 3}},
            {"pymdownx.highlight": {"anchor_linenums": False, "use_pygments": True}},
            "pymdownx.superfences",
            "pymdownx.details",
            {"pymdownx.tabbed": {"alternate_style": True}},
        ],
        "validation": {
            "omitted_files": "ignore",
            "absolute_links": "warn",
            "unrecognized_links": "warn",
            "anchors": "warn",
        },
        "nav": nav,
    }
