"""Print the lowest versions of core and test dependencies that `pyproject.toml` allows, as constraints for pip."""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
wanted = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
lowest = dict(re.findall(r"^([A-Za-z0-9-]+)>=([0-9.]+)", "\n".join(wanted), re.MULTILINE))
sys.stdout.writelines(f"{name}=={version}\n" for name, version in sorted(lowest.items()))
