"""An API as uWSGI serves it: the application of the module that ``LAB_API`` names, with its rules read beforehand.

Keystone 30.0.0 and Neutron 29.0.0 read the rules of who may do what in the first request that asks for them. Another
one at the same moment finds none yet and is refused, and while a lab starts its services ask side by side.
"""

import gc
import importlib
import os
from typing import Any


def read_rules(module: str) -> None:
    """Have the rules of the API in that module read, where it would not do so by itself."""
    if module == "neutron.wsgi.api":
        importlib.import_module("neutron.policy").init()
    if module == "keystone.wsgi.api":
        enforcer: Any = importlib.import_module("keystone.common.rbac_enforcer.enforcer").RBACEnforcer
        enforcer.suppress_deprecation_warnings = True  # one for each of some hundred rules
        enforcer()._enforcer.load_rules()  # noqa: SLF001 - its only handle on them


def load(module: str) -> Any:  # noqa: ANN401 - WSGI's, and not ours
    """The application. Nothing that imports make is garbage: the collector looks on only afterwards."""
    gc.disable()
    application = importlib.import_module(module).application
    read_rules(module)
    gc.freeze()
    gc.enable()
    return application


if name := os.environ.get("LAB_API"):  # not where it is only looked at
    application = load(name)
