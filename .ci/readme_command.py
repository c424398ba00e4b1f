"""Print the command that the README gives for a purpose: the fenced block after `<!-- command: NAME -->`."""

import re
import sys
from pathlib import Path

readme = Path(__file__).parents[1] / "README.md"
found = re.search(
    rf"<!-- command: {re.escape(sys.argv[1])} -->\s*```(?:sh|bat)\n(.*?)```",
    readme.read_text(encoding="utf-8"),
    re.DOTALL,
)
if found is None:
    sys.exit(f"README.md has no command called {sys.argv[1]}")
sys.stdout.write(found.group(1))
