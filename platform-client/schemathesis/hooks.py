"""What schemathesis has to know besides the document: a resident's session at the reference platform.

Run by `cargo xtask schemathesis`, which sets YILIN_URL and YILIN_CREDENTIALS.
"""

import os

import requests
import schemathesis

FOLDER = os.environ["YILIN_CREDENTIALS"]
CARD = {
    "terminalId": "T99000100100101",
    "way": "card",
    "kind": "resident",
    "name": "张示例",
    "number": "990000194001010014",
    "issuer": "样本市公安局测试分局",
    "validFrom": "2016-01-01",
    "validTo": None,
}


# The token ends after half an hour; a new one is fetched well before that.
@schemathesis.auth(refresh_interval=600)
class Session:
    """The card of one of the fictitious city's people."""

    def get(self, case, context):
        answer = requests.post(
            os.environ["YILIN_URL"] + "/v1/sessions",
            json=CARD,
            cert=(FOLDER + "/terminal.pem", FOLDER + "/terminal.key"),
            verify=FOLDER + "/ca.pem",
            timeout=10,
        )
        return answer.json()["data"]["token"]

    def set(self, case, data, context):
        if any("session" in need for need in case.operation.definition.raw.get("security", [])):
            case.headers = case.headers or {}
            case.headers["Authorization"] = "Bearer " + data
