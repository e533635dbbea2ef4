# SPDX-License-Identifier: MIT
"""How written English numbers, times and spellings are said, so that every synthesiser says the same words."""

ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen").split()
TENS = ". . twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth"}
LETTERS = {"A": "ay", "B": "bee", "C": "see", "D": "dee", "E": "ee", "F": "eff", "G": "jee", "H": "aitch", "I": "eye",
           "J": "jay", "K": "kay", "L": "ell", "M": "em", "N": "en", "O": "oh", "P": "pee", "Q": "cue", "R": "are",
           "S": "ess", "T": "tee", "U": "you", "V": "vee", "W": "double you", "X": "ex", "Y": "why", "Z": "zee"}


def number(n):
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (" " + ONES[n % 10] if n % 10 else "")
    if n < 1000:
        return ONES[n // 100] + " hundred" + (" " + number(n % 100) if n % 100 else "")
    return number(n // 1000) + " thousand" + (" " + number(n % 1000) if n % 1000 else "")


def ordinal(n):
    if n in ORDINALS:
        return ORDINALS[n]
    if n < 20:
        return ONES[n] + "th"
    return TENS[n // 10][:-1] + "ieth" if n % 10 == 0 else TENS[n // 10] + " " + ordinal(n % 10)


def year(n):
    if 2000 <= n < 2010:
        return "two thousand" + (" " + ONES[n - 2000] if n > 2000 else "")
    return number(n // 100) + " " + (number(n % 100) if n % 100 >= 10 else "oh " + ONES[n % 100])


def clock(h, m):
    if m == 0:
        return number(h) + " o'clock"
    return number(h) + " " + (number(m) if m >= 10 else "oh " + ONES[m])


def digits(s):
    return " ".join(ONES[int(c)] for c in s)


def letters(s):
    """Letter by letter, each as its name in plain words; synthesisers disagree on lone capitals."""
    return ", ".join(LETTERS[c] if c in LETTERS else ONES[int(c)] for c in s)
