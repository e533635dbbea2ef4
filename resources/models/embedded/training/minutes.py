# SPDX-License-Identifier: MIT
"""What the program asks of a meeting's transcript, and the right answers: numbered lines, the instructions before and after
them, bullets that name their lines. The words are the program's own (app/meetings/pipeline/summary_text.cpp, meeting_question.cpp).
"""
import grammar
import lexicon as lx

CITE = ("End every sentence with the numbers of the lines it comes from, like [12] or [12][15]. "
        "Use only what the text says; invent nothing.")
ONLY_WHAT_IS_HEARD = "Use only what is said; invent nothing."
KINDS = {
    "minutes": "Write the minutes of this meeting: a heading for each topic, and under it bullets with what was said and decided. ",
    "decisions": "List the decisions that were made in this meeting, one bullet each. ",
    "actions": "List the action items of this meeting, one bullet each: what is to be done, by whom, and until when. "
               "Write \"nobody named\" or \"no date\" where none was said. ",
    "questions": "List the questions that were asked in this meeting, one bullet each, with the answer if there was one. ",
    "paragraph": "Summarize this meeting in one paragraph of at most five sentences, as a single bullet. ",
}
NOTES = ("This is a part of a meeting, with numbered lines. Write short notes of it: topics, facts, decisions, action items with owner and "
         "date, open questions, one bullet each. " + CITE.replace("sentence", "bullet"))
QUESTION = ("Answer this question about the meeting: {}\nEnd every sentence with the numbers of the lines it comes from, like [12]. Use only "
            "what the text says; when it does not say, answer that the meeting does not say.")
ASKED = {"decision": ["What was decided?", "Which decisions were made?", "What did we decide?"],
         "action": ["What are the action items?", "Who has to do what?", "What has to be done?"],
         "question": ["What was asked?", "Which questions were asked?"]}
NONE = {"decision": "No decisions were made.", "action": "There are no action items.", "question": "No questions were asked."}
SILENT = "The meeting does not say."


def kind_of(s):
    return "question" if s.en.endswith("?") else s.kind


def prompt(instructions, text):
    return f"{instructions}\n\n---\n{text}---\n\n{instructions}"


def numbered(lines):
    return "".join(f"[{n}] {who}{s.en}\n" for n, who, s in lines)


def bullets(lines, kinds, language, cite):
    return [f"- {getattr(s, language)}" + (f" [{n}]" if cite else "") for n, _, s in lines if kind_of(s) in kinds]


def answer(kind, lines, language="en", cite=True):
    """language: en, de, es, fr; without `cite` no lines are named."""
    pick = lambda *kinds: bullets(lines, kinds, language, cite)
    if kind == "minutes":
        parts = [("Decisions", pick("decision")), ("Action items", pick("action")), ("Questions", pick("question")), ("Other", pick("fact"))]
        return "\n".join(x for head, found in parts if found for x in (f"## {head}", *found)) or "Nothing of note was said."
    if kind == "paragraph":
        said = [(n, getattr(s, language)) for n, _, s in lines if s.kind in ("decision", "action")]
        return "- " + " ".join(f"{text} [{n}]" if cite else text for n, text in said) if said else "Nothing was decided."
    if kind == "notes":
        return "\n".join(pick("decision", "action", "fact", "question")) or "Nothing of note was said."
    one = {"decisions": "decision", "actions": "action", "questions": "question"}[kind]
    return "\n".join(pick(one)) or NONE[one]


def meeting(r, most=9):
    """Numbered lines (number, speaker, sentence); numbers go on from any place, as those of a part or of an edited transcript do."""
    people = r.sample(lx.NAMES, 3) if r.random() < 0.2 else ["Me", "Others"] if r.random() < 0.2 else [f"Speaker {k}" for k in (1, 2, 3)] if r.random() < 0.2 else [""]
    n, lines = 1 if r.random() < 0.6 else r.randint(1, 90), []
    for _ in range(r.randint(2, most)):
        who = r.choice(people)
        lines.append((n, who and who + ": ", grammar.sentence(r)))
        n += 1 if r.random() < 0.9 else r.randint(2, 4)
    return lines


def row(p, r, heard):
    """One training row: a summary, notes of a part, or a question about the meeting; heard(p, text, r, spread): stands in for sound."""
    lines, k = meeting(r), r.random()
    if k < 0.22:
        of, text = asked_about(lines, r)
        return p.row([], prompt(QUESTION.format(of), numbered(lines)), text)
    if k < 0.34:
        return p.row([], prompt(NOTES, numbered(lines)), answer("notes", lines))
    kind = r.choice(["minutes", *KINDS])  # it takes the most practice
    if k < 0.42:
        sentences = [s for _, _, s in lines[:4]]
        return p.row(heard(p, " ".join(s.en for s in sentences), r, r.uniform(2.0, 3.0)), *asked_of_sound(sentences, r))
    language, ending = "en", ""
    if r.random() < 0.15:
        name = r.choice(list(grammar.LANGUAGES))
        language, ending = grammar.LANGUAGES[name], f" Write in {name}."
    return p.row([], prompt(KINDS[kind] + CITE + ending, numbered(lines)), answer(kind, lines, language))


def asked_of_sound(sentences, r):
    """(prompt, answer) for the sound of a meeting, which has no lines to name."""
    kind = r.choice(list(KINDS))
    return KINDS[kind] + ONLY_WHAT_IS_HEARD, answer(kind, [(0, "", s) for s in sentences], cite=False)


def asked_about(lines, r):
    """A question about the meeting and its answer."""
    if r.random() < 0.5:
        kind = r.choice(list(ASKED))
        said = [f"{s.en} [{n}]" for n, _, s in lines if kind_of(s) == kind]
        return r.choice(ASKED[kind]), " ".join(said) or SILENT
    known = [(w, f"{s.en} [{n}]") for n, _, s in lines for w in topics(s)]
    if not known or r.random() < 0.2:
        spoken = " ".join(s.en for _, _, s in lines)
        other = [d[0] for d in lx.DOCUMENTS if d[0] not in spoken]
        return r.choice(ABOUT).format("the " + r.choice(other)), SILENT
    word, _ = r.choice(known)
    return r.choice(ABOUT).format(word), " ".join(text for w, text in known if w == word)


ABOUT = ["What was said about {}?", "What do we know about {}?", "Tell me about {}."]


def topics(s):
    """What a sentence can be asked about: documents and people by name."""
    words = s.en.replace(".", " ").replace("?", " ").replace(",", " ").split()
    return ["the " + d[0] for d in lx.DOCUMENTS if f" {d[0]} " in f" {' '.join(words)} "][:1] + [n for n in lx.NAMES if n in words][:1]
