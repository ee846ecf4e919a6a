#!/usr/bin/env python3
"""Makes assets/input/pinyin.tsv: what the pinyin pad offers, as KEY<tab>WORD<tab>FREQUENCY, sorted by key and frequency.

KEY is the syllables without tones, joined by spaces, v for ü. Words and their frequencies are those of jieba, the
readings those of pypinyin (both MIT; texts in assets/input/). Characters are those that the shipped font can show.
Usage: make_pinyin.py FONT.otf OUT.tsv  (needs: pip install jieba==0.42.1 pypinyin==0.55.0 fonttools)
"""
import os
import re
import sys

import jieba
import pypinyin
from fontTools.ttLib import TTFont

LEAST_FREQUENCY = 60  # of a word of two to four characters in jieba's list
SYLLABLE = re.compile(r"[a-z]+")


def plain(reading):
    return reading.replace("ü", "v").replace("u:", "v").lower()


def main(font_path, out_path):
    shown = set(TTFont(font_path).getBestCmap())
    rows = {}
    single = {}
    path = os.path.join(os.path.dirname(jieba.__file__), "dict.txt")
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            word, frequency = line.split()[:2]
            frequency = int(frequency)
            han = all("\u3400" <= c <= "\u9fff" or ord(c) >= 0x20000 for c in word)
            if not han or not all(ord(c) in shown for c in word):
                continue
            if len(word) == 1:
                single[word] = frequency
            elif len(word) <= 4 and frequency >= LEAST_FREQUENCY:
                key = " ".join(plain(p) for p in pypinyin.lazy_pinyin(word, v_to_u=False))
                rows[key, word] = frequency
    for code in shown:
        char = chr(code)
        if code not in pypinyin.constants.PINYIN_DICT:
            continue
        readings = pypinyin.constants.PINYIN_DICT[code].split(",")
        seen = []
        for reading in readings:
            key = plain(pypinyin.contrib.tone_convert.to_normal(reading))
            if SYLLABLE.fullmatch(key) and key not in seen:
                seen.append(key)
        for rank, key in enumerate(seen):
            # A second reading of a character is rarer than its first.
            rows[key, char] = max(single.get(char, 0) // (1 + 9 * rank), 0)
    ordered = sorted(rows.items(), key=lambda r: (r[0][0], -r[1], r[0][1]))
    with open(out_path, "w", encoding="utf-8", newline="\n") as out:
        for (key, word), frequency in ordered:
            if SYLLABLE.fullmatch(key.replace(" ", "")):
                out.write(f"{key}\t{word}\t{frequency}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
