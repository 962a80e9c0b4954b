"""Settings for the whole test suite."""

from hypothesis import settings

# Time limits are left out: they measure the machine, not the code.
settings.register_profile("chainrule", deadline=None)
settings.load_profile("chainrule")
