"""Makes the typeface in assets/fonts from Noto Sans CJK SC. Started by `cargo xtask fonts`.

The same input gives the same bytes: no time, no path and no locale goes into the files.
What is taken, and why: docs/decisions/fonts.md.
"""

import argparse
import pathlib
import sys

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection
from fontTools.ttLib.reorderGlyphs import reorderGlyphs
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

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
# Controls, spaces, joiners, directions, selectors, tags and noncharacters; surrogates are no characters at all.
INVISIBLE = [
    (0x00, 0x20), (0x7F, 0xA0), (0xAD, 0xAD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160),
    (0x1680, 0x1680), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F),
    (0x3000, 0x3000), (0x3164, 0x3164), (0xD800, 0xDFFF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB), (0xFFFE, 0xFFFF), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
]
# A screen draws left to right: marks and the spacing of Latin pairs stay, vertical and Japanese forms go.
LAYOUT_FEATURES = ["ccmp", "kern", "mark", "mkmk"]
# Copyright, licence, licence's address: kept as upstream wrote them. Names and trademark go with the name.
KEPT_NAMES = (0, 13, 14)


# What almost every text is made of: Latin and marks, then the common Han characters, level 1 of GB/T 2312 (rows 16 to 55).
COMMON = [chr(code) for code in range(0x20, 0x7F)] + [
    bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312", errors="ignore")
    for row in [*range(1, 4), *range(16, 56)] for cell in range(1, 95)
]


def inside(code, ranges):
    return any(first <= code <= last for first, last in ranges)


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


def common_first(font):
    """Puts the outlines of common characters side by side: a program then has a few pages of the file in memory, not all."""
    characters = font.getBestCmap()
    order = font.getGlyphOrder()
    first = [characters[ord(character)] for character in COMMON if character and ord(character) in characters]
    moved = list(dict.fromkeys([order[0], *first, *order]))
    top = font["CFF "].cff.topDictIndex[0]
    parts = dict(zip(order, top.FDSelect.gidArray))
    for name in order:
        top.CharStrings[name].decompile()
    reorderGlyphs(font, moved)
    top.FDSelect.gidArray = [parts[name] for name in moved]


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
    cutter.populate(unicodes=[code for code in font.getBestCmap() if not inside(code, HANGUL)])
    cutter.subset(font)
    common_first(font)
    rename(font, style)
    subset.save_font(font, target, options)
    print(f"{target}: {len(font.getBestCmap())} characters, {target.stat().st_size} bytes")


def is_drawn(code):
    """Whether a character with this code point leaves a mark: controls, joiners and selectors never do."""
    return not inside(code, INVISIBLE)


def box():
    """An empty frame of one em, as wide as a Han character."""
    pen = TTGlyphPen(None)
    for corners in (
        [(80, -80), (80, 840), (920, 840), (920, -80)],
        [(140, -20), (860, -20), (860, 780), (140, 780)],
    ):
        pen.moveTo(corners[0])
        for corner in corners[1:]:
            pen.lineTo(corner)
        pen.closePath()
    return pen.glyph()


def make_missing(target):
    """The face for every character that the other two lack: one frame for all of Unicode."""
    builder = FontBuilder(1000, isTTF=True)
    # Glyph 0 means "no glyph" and is not drawn by every renderer, so the frame is glyph 1 as well.
    builder.setupGlyphOrder([".notdef", "missing"])
    # Format 13 is the one that gives many characters the same glyph.
    every = CmapSubtable.newSubtable(13)
    every.platformID, every.platEncID, every.format, every.reserved, every.length = 0, 6, 13, 0, 0
    every.language = every.nGroups = 0
    every.cmap = {code: "missing" for code in range(0x20, 0x110000) if is_drawn(code)}
    builder.setupCharacterMap({0x20: "missing"})
    builder.font["cmap"].tables = [every]
    builder.setupGlyf({".notdef": box(), "missing": box()})
    builder.setupHorizontalMetrics({".notdef": (1000, 80), "missing": (1000, 80)})
    builder.setupHorizontalHeader(ascent=1160, descent=-288)
    builder.setupNameTable({
        "familyName": f"{FAMILY} Missing",
        "styleName": "Regular",
        "uniqueFontIdentifier": f"{VERSION};YilinSansMissing-Regular",
        "fullName": f"{FAMILY} Missing",
        "version": f"Version {VERSION}",
        "psName": "YilinSansMissing-Regular",
        "licenseDescription": "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
        "licenseInfoURL": "http://scripts.sil.org/OFL",
    }, mac=False)
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=1160, usWinDescent=288, achVendID=VENDOR)
    builder.setupPost()
    builder.setupHead(unitsPerEm=1000, created=0, modified=0)
    builder.font.recalcTimestamp = False
    builder.save(target)
    print(f"{target}: {target.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=pathlib.Path, help="folder of NotoSansCJK-Regular.ttc and -Bold.ttc")
    parser.add_argument("target", type=pathlib.Path, help="folder for YilinSans-Regular.otf and -Bold.otf")
    arguments = parser.parse_args()
    for style in ("Regular", "Bold"):
        make(arguments.source / f"NotoSansCJK-{style}.ttc", style, arguments.target / f"YilinSans-{style}.otf")
    make_missing(arguments.target / "YilinSans-Missing.ttf")


if __name__ == "__main__":
    main()
