"""The same receipt by python-escpos: picture, lines, number of runs → samples in milliseconds, and bytes."""
import json
import sys
import time

from escpos.printer import Dummy
from PIL import Image

width, height, code, runs, picture, lines = sys.argv[1:7]
with open(picture, "rb") as file:
    picture = Image.frombytes("L", (int(width), int(height)), file.read())
with open(lines, encoding="utf-8") as file:
    lines = file.read().splitlines()

samples, sent = [], 0
for run in range(int(runs) + 1):
    begun = time.perf_counter()
    printer = Dummy(profile="TM-T20II")
    printer.image(picture, impl="bitImageRaster")
    # It has no Chinese of its own: FS & and the bytes of GB 18030 are what its users send by hand.
    printer._raw(b"\x1c&")
    for line in lines:
        printer._raw(line.encode("gb18030") + b"\n")
    printer._raw(b"\x1c.")
    printer.qr(code, size=4, native=True)
    printer.cut()
    output = printer.output
    spent = (time.perf_counter() - begun) * 1e3
    sent = len(output)
    # The first run also loads what a program loads once.
    if run > 0:
        samples.append(spent)
print(json.dumps({"samples": samples, "bytes": sent}))
