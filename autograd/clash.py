"""Another library of the same import name: HIPS autograd, which is PyPI's ``autograd``.

pip lets either overwrite files of the other without a word.
"""

from __future__ import annotations

import os
import warnings
from typing import Final

# A module of HIPS autograd, of a name that this package has not.
_FOREIGN: Final = "tracer.py"


def warn_of_foreign_files() -> None:
    """Warn if the folder of this package has files of the other library too."""
    folder = os.path.dirname(__file__)
    if os.path.exists(os.path.join(folder, _FOREIGN)):
        warnings.warn(
            f"the folder {folder} has files of two libraries, chainrule and HIPS autograd, which "
            f"have the same import name and have overwritten each other's: "
            "`pip uninstall autograd chainrule` removes both; then install the one that you want, "
            "or each in a virtual environment of its own",
            RuntimeWarning,
            stacklevel=3,
        )
