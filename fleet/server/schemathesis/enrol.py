"""enrol.py URL AUTHORITY CODE FOLDER: a terminal's key and certificate into FOLDER, as an agent gets them."""

import subprocess
import sys

import requests

url, authority, code, folder = sys.argv[1:]
key, request = folder + "/terminal.key", folder + "/terminal.csr"
subprocess.run(
    ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=terminal"]
    + ["-keyout", key, "-out", request],
    check=True,
    stderr=subprocess.DEVNULL,
)
asked = {"code": code, "certificate_request": open(request).read(), "hardware": "none", "agent_version": "0.1.0"}
answer = requests.post(url + "/fleet/v1/enrol", json=asked, verify=authority, timeout=30)
answer.raise_for_status()
with open(folder + "/terminal.pem", "w") as file:
    file.write(answer.json()["certificate_chain"])
