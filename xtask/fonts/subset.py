"""Makes assets/fonts/YilinSans-{Regular,Bold}.otf from Noto Sans CJK SC. Started by `cargo xtask fonts`.

The same input gives the same bytes: no time, no path and no locale goes into the files.
What is taken, and why: docs/decisions/fonts.md.
"""

import argparse
import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTCollection

# Face of the .ttc that draws the mainland's forms: Noto Sans CJK SC.
SIMPLIFIED_CHINESE_FACE = 2
FAMILY = "Yilin Sans"
VERSION = "1.000"
# Four characters, by the OpenType table OS/2; no vendor has registered it.
VENDOR = "YLIN"

# Korean is not a language of the terminal; its syllables would be a quarter of the file.
HANGUL = [
    (0x1100, 0x11FF), (0x3131, 0x318E), (0x3200, 0x321E), (0x3260, 0x327F), (0xA960, 0xA97F),
    (0xAC00, 0xD7FF), (0xFFA0, 0xFFDC),
]
# A screen draws left to right: marks and the spacing of Latin pairs stay, vertical and Japanese forms go.
LAYOUT_FEATURES = ["ccmp", "kern", "mark", "mkmk"]
# Copyright, licence, licence's address: kept as upstream wrote them. Names and trademark go with the name.
KEPT_NAMES = (0, 13, 14)


def is_hangul(code):
    return any(first <= code <= last for first, last in HANGUL)


def rename(font, style):
    """A name of its own: this is not the font that upstream answers for any more."""
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    full = FAMILY if style == "Regular" else f"{FAMILY} {style}"
    texts = {
        1: FAMILY,
        2: style,
        3: f"{VERSION};{postscript}",
        4: full,
        5: f"Version {VERSION}",
        6: postscript,
        10: "A subset of Noto Sans CJK SC 2.004 under another name, made by the project Yilin.",
    }
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in KEPT_NAMES]
    for name_id, text in texts.items():
        names.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].achVendID = VENDOR
    cff = font["CFF "].cff
    cff.fontNames[0] = postscript
    top = cff.topDictIndex[0]
    top.FullName = full
    top.FamilyName = FAMILY
    for index, part in enumerate(top.FDArray):
        part.FontName = f"{postscript}-{index}"


def make(source, style, target):
    font = TTCollection(source, lazy=True).fonts[SIMPLIFIED_CHINESE_FACE]
    font.recalcTimestamp = False
    name = str(font["name"].getDebugName(1))
    if name != "Noto Sans CJK SC":
        sys.exit(f"{source}: face {SIMPLIFIED_CHINESE_FACE} is {name}, not Noto Sans CJK SC")
    options = subset.Options()
    options.hinting = False
    options.layout_features = LAYOUT_FEATURES
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for code in font.getBestCmap() if not is_hangul(code)])
    cutter.subset(font)
    rename(font, style)
    subset.save_font(font, target, options)
    print(f"{target}: {len(font.getBestCmap())} characters, {target.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=pathlib.Path, help="folder of NotoSansCJK-Regular.ttc and -Bold.ttc")
    parser.add_argument("target", type=pathlib.Path, help="folder for YilinSans-Regular.otf and -Bold.otf")
    arguments = parser.parse_args()
    for style in ("Regular", "Bold"):
        make(arguments.source / f"NotoSansCJK-{style}.ttc", style, arguments.target / f"YilinSans-{style}.otf")


if __name__ == "__main__":
    main()
