"""What schemathesis has to know besides the document: the terminal's own number and tenant, and that nobody waits a minute.

Run by `cargo xtask schemathesis`.
"""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    parameters = case.path_parameters or {}
    # Every second call is for this terminal: the others are for nobody, and refused.
    if "tenant" in parameters and len(str(case.body or case.query)) % 2 == 0:
        parameters["tenant"], parameters["id"] = "default", "T-1"
    if case.query and isinstance(case.query.get("wait"), int):
        case.query["wait"] = 0
