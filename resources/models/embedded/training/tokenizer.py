# SPDX-License-Identifier: MIT
"""Byte-level BPE in the layout of the published tokenizer, learned from the domain's texts.

N ranks (256 bytes first, then merges), id N unused, special tokens at the published distances from N, table padded to N + 66.
No merge joins two digits: numbers are heard and read digit by digit, which is learned far sooner than hundreds of number tokens.
"""
import collections
import json

import regex

WORD = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
# offset from the number of ranks, text, whitespace after it is swallowed, special
SPECIALS = [(1, "<|endoftext|>", False, True), (12, "<|endoftext10|>", False, True), (13, "<|endoftext11|>", False, True),
            (20, "<|endofprompt|>", False, True), (21, "<|assistant|>", True, True), (22, "<|end|>", True, True),
            (23, "<|user|>", True, True), (24, "<|system|>", True, True), (25, "<|tool|>", True, False), (26, "<|/tool|>", True, False),
            (27, "<|tool_call|>", True, False), (28, "<|/tool_call|>", True, False), (29, "<|tool_response|>", True, False), (30, "<|tag|>", True, True)]
BYTES = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256)) + list(range(0, 33)) + list(range(127, 161)) + [173]
SIGN = {b: chr(b) if i < 188 else chr(256 + i - 188) for i, b in enumerate(BYTES)}  # the printable stand-ins of the file format


def _pairs(word):
    return zip(word, word[1:])


def learn(lines, ranks, first=()):
    """Merges (pairs of byte strings), most frequent pair first; after the merges `first`, if another vocabulary is enlarged."""
    split = regex.compile(WORD.replace(r"\p{N}{1,3}", r"\p{N}"))
    counts = collections.Counter(m.group().encode() for line in lines for m in split.finditer(line))
    start = Tokenizer(list(first))
    words = [[start.piece[i] for i in start._word(w)] for w in counts]
    weight = list(counts.values())
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for i, w in enumerate(words):
        for p in _pairs(w):
            pairs[p] += weight[i]
            where[p].add(i)
    merges = list(first)
    while len(merges) < ranks - 256:
        best = max(pairs, key=lambda p: (pairs[p], p))
        if pairs[best] <= 0:
            raise ValueError("the texts are too few for this vocabulary")
        merges.append(best)
        joined = best[0] + best[1]
        for i in list(where.pop(best)):
            old, new, k = words[i], [], 0
            while k < len(old):
                if k + 1 < len(old) and (old[k], old[k + 1]) == best:
                    new.append(joined)
                    k += 2
                else:
                    new.append(old[k])
                    k += 1
            for p in _pairs(old):
                pairs[p] -= weight[i]
            for p in _pairs(new):
                pairs[p] += weight[i]
                where[p].add(i)
            words[i] = new
        del pairs[best]
    return merges


class Tokenizer:
    def __init__(self, merges):
        self.merges = merges
        self.ranks = 256 + len(merges)
        self.piece = [bytes([b]) for b in BYTES] + [a + b for a, b in merges]
        self.rank = {p: i for i, p in reversed(list(enumerate(self.piece)))}
        self.special = {text: self.ranks + at for at, text, _, _ in SPECIALS}
        self.size = self.ranks + 66
        self._split, self._cache = regex.compile(WORD), {}

    def _word(self, word):
        parts = [bytes([b]) for b in word]
        while len(parts) > 1:
            best = min(range(len(parts) - 1), key=lambda k: self.rank.get(parts[k] + parts[k + 1], 1 << 30))
            if parts[best] + parts[best + 1] not in self.rank:
                break
            parts[best:best + 2] = [parts[best] + parts[best + 1]]
        return [self.rank[p] for p in parts]

    def encode(self, text):
        """Ordinary text; special tokens are never read from it."""
        out = []
        for m in self._split.finditer(text):
            w = m.group()
            if w not in self._cache:
                self._cache[w] = self._word(w.encode())
            out += self._cache[w]
        return out

    def decode(self, ids):
        names = {v: k for k, v in self.special.items()}
        return b"".join(self.piece[i] if i < self.ranks else names.get(i, "").encode() for i in ids).decode(errors="replace")

    def save(self, path):
        sign = lambda p: "".join(SIGN[b] for b in p)
        vocab = {sign(p): i for i, p in enumerate(self.piece)}
        added = [dict(id=self.ranks + at, content=t, single_word=False, lstrip=False, rstrip=r, normalized=False, special=s) for at, t, r, s in SPECIALS]
        level = dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True, use_regex=False)
        data = dict(version="1.0", truncation=None, padding=None, added_tokens=added, normalizer=None,
                    pre_tokenizer=dict(type="Sequence", pretokenizers=[dict(type="Split", pattern=dict(Regex=WORD), behavior="Removed", invert=True), level]),
                    post_processor=dict(level, trim_offsets=False), decoder=dict(level, add_prefix_space=True, use_regex=True),
                    model=dict(type="BPE", dropout=None, unk_token=None, continuing_subword_prefix=None, end_of_word_suffix=None, fuse_unk=False,
                               byte_fallback=False, ignore_merges=False, vocab=dict(vocab, **self.special), merges=[[sign(a), sign(b)] for a, b in self.merges]))
        with open(path, "w") as out:
            json.dump(data, out, ensure_ascii=False, indent=1)

    @staticmethod
    def load(path):
        byte = {s: b for b, s in SIGN.items()}
        raw = lambda s: bytes(byte[c] for c in s)
        with open(path) as f:
            return Tokenizer([(raw(a), raw(b)) for a, b in json.load(f)["model"]["merges"]])
