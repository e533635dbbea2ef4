# SPDX-License-Identifier: MIT
"""Sentences of the embedded domain, each in four languages at once, with the words to be spoken.

`sentence(r)` draws from an open set. Every sentence that is not a fixed phrase belongs to exactly one fold, decided
by a hash of its English text: fold "test" (one in sixteen) is never given to training code, fold "train" never to an evaluation.
"""
import random
import zlib
from dataclasses import dataclass

import lexicon as lx
import speak
from phrases import COMMANDS, TALK

LANGUAGES = {"German": "de", "Spanish": "es", "French": "fr"}


@dataclass
class Sentence:
    en: str
    de: str
    es: str
    fr: str
    kind: str          # action, decision, fact, talk
    say: str = ""      # what a voice reads; empty: the English text
    fixed: bool = False  # a phrase that occurs verbatim in both folds

    @property
    def spoken(self):
        return self.say or self.en


def in_test_fold(english):
    return zlib.crc32(english.encode()) % 16 == 0


def cap(s):
    return s[0].upper() + s[1:]


DE_DEF = {"m": "den", "f": "die", "n": "das", "p": "die"}
DE_NOM = {"m": "der", "f": "die", "n": "das", "p": "die"}
ES_DEF = {"m": "el", "f": "la", "mp": "los", "fp": "las"}


def fr_elides(word):
    return word[0] in "aeiouéèêh"


def fr_article(noun, gender):
    if gender[-1] == "p":
        return "les " + noun
    if fr_elides(noun):
        return "l'" + noun
    return ("le " if gender == "m" else "la ") + noun


def fr_to(verb):
    return ("d'" if fr_elides(verb) else "de ") + verb


def plural(word, french=False):
    if french:
        return word if word[-1] in "sx" else word[:-2] + "aux" if word.endswith("al") else word + "s"
    return word + ("s" if word[-1] in "aeiou" else "es")


def object_phrase(r):
    """the [adjective] document: English, German accusative, Spanish, French."""
    d = r.choice(lx.DOCUMENTS)
    en, de, g, es, ge, fr, gf = d
    if r.random() < 0.45:
        return f"the {en}", f"{DE_DEF[g]} {de}", f"{ES_DEF[ge]} {es}", fr_article(fr, gf)
    a = r.choice(lx.ADJECTIVES)
    ending = "en" if g in "mp" else "e"
    aes = a[2] if ge[0] == "m" else a[3]
    afr = a[4] if gf[0] == "m" else a[5]
    if ge[-1] == "p":
        aes = plural(aes)
    if gf[-1] == "p":
        afr = plural(afr, True)
    return f"the {a[0]} {en}", f"{DE_DEF[g]} {a[1]}{ending} {de}", f"{ES_DEF[ge]} {es} {aes}", f"{fr_article(fr, gf)} {afr}"


def task(r):
    """A verb phrase: English, German object, infinitive, zu-infinitive, Spanish infinitive phrase, French infinitive phrase."""
    if r.random() < 0.45:
        return r.choice(lx.TASKS)
    v, o = r.choice(lx.VERBS), object_phrase(r)
    return f"{v[0]} {o[0]}", o[1], v[1], v[2], f"{v[4]} {o[2]}", f"{v[5]} {o[3]}"


def date(r):
    """'March 5' in four languages, and as spoken."""
    m, d = r.choice(lx.MONTHS), r.randint(1, 28)
    return (f"{m[0]} {d}", f"{d}. {m[1]}", f"{d} de {m[2]}", f"{'1er' if d == 1 else d} {m[3]}", f"{m[0]} {speak.ordinal(d)}")


def when(r):
    """Adverbial of time: four languages and the spoken English."""
    k = r.random()
    if k < 0.35:
        d = r.choice(lx.WEEKDAYS)
        w = r.choice([(f"by {d[0]}", f"bis {d[1]}", f"antes del {d[2]}", f"d'ici {d[3]}"),
                      (f"on {d[0]}", f"am {d[1]}", f"el {d[2]}", f"{d[3]}"),
                      (f"before {d[0]}", f"vor {d[1]}", f"antes del {d[2]}", f"avant {d[3]}")])
    elif k < 0.47:
        m = r.choice(lx.MONTHS)
        w = (f"in {m[0]}", f"im {m[1]}", f"en {m[2]}", f"en {m[3]}")
    elif k < 0.6:
        d = date(r)
        return f"on {d[0]}", f"am {d[1]}", f"el {d[2]}", f"le {d[3]}", f"on {d[4]}"
    else:
        w = r.choice(lx.WHEN)
    return (*w, w[0])


def clock(r):
    h, m = r.randint(1, 12), r.choice([0, 0, 10, 15, 20, 30, 40, 45, 50, 5])
    if m == 0 and r.random() < 0.7:
        return f"{h} o'clock", f"{h} Uhr", f"{h}", f"{h} heures" if h > 1 else "1 heure", speak.clock(h, 0)
    if m == 0:
        m = 30
    return f"{h}:{m:02d}", f"{h}:{m:02d} Uhr", f"{h}:{m:02d}", f"{h}:{m:02d}", speak.clock(h, m)


def amount(r, most=999):
    n = r.choice([r.randint(2, 20), r.randint(2, 99), r.randint(21, 99), 10 * r.randint(1, 9), 100 * r.randint(1, 9), r.randint(100, most), 5 * r.randint(1, 19)])
    return min(n, most)


def name_pair(r):
    return r.sample(lx.NAMES, 2)


# ---- sentence families; each returns a Sentence ----
def action_will(r):
    p, t, w = r.choice(lx.NAMES), task(r), when(r)
    return Sentence(f"{p} will {t[0]} {w[0]}.", f"{p} wird {w[1]} {t[1]} {t[2]}.", f"{p} va a {t[4]} {w[2]}.",
                    f"{p} va {t[5]} {w[3]}.", "action", f"{p} will {t[0]} {w[4]}.")


def action_should(r):
    p, t, w = r.choice(lx.NAMES), task(r), when(r)
    return Sentence(f"{p} should {t[0]} {w[0]}.", f"{p} soll {w[1]} {t[1]} {t[2]}.", f"{p} debe {t[4]} {w[2]}.",
                    f"{p} doit {t[5]} {w[3]}.", "action", f"{p} should {t[0]} {w[4]}.")


def action_two(r):
    (p, q), t, w = name_pair(r), task(r), when(r)
    return Sentence(f"{p} and {q} will {t[0]} {w[0]}.", f"{p} und {q} werden {w[1]} {t[1]} {t[2]}.", f"{p} y {q} van a {t[4]} {w[2]}.",
                    f"{p} et {q} vont {t[5]} {w[3]}.", "action", f"{p} and {q} will {t[0]} {w[4]}.")


def action_please(r):
    p, t = r.choice(lx.NAMES), task(r)
    return Sentence(f"{p}, please {t[0]}.", f"{p}, bitte {t[1]} {t[2]}.", f"{p}, por favor, hay que {t[4]}.", f"{p}, il faut {t[5]}, s'il vous plaît.", "action")


def decision(r):
    t, w = task(r), when(r)
    en, de, es, fr = r.choice([("We decided to", "Wir haben entschieden,", "Decidimos", "Nous avons décidé de"),
                               ("We agreed to", "Wir haben vereinbart,", "Acordamos", "Nous avons convenu de")])
    fr = f"{fr} {t[5]}".replace(" de a", " d'a").replace(" de e", " d'e").replace(" de i", " d'i").replace(" de o", " d'o").replace(" de é", " d'é")
    return Sentence(f"{en} {t[0]} {w[0]}.", f"{de} {w[1]} {t[1]} {t[3]}.", f"{es} {t[4]} {w[2]}.", f"{fr} {w[3]}.", "decision", f"{en} {t[0]} {w[4]}.")


def wish(r):
    m, t, w = r.choice(lx.ROLES), task(r), when(r)
    return Sentence(f"{cap(m[0])} wants to {t[0]} {w[0]}.", f"{cap(m[1])} möchte {w[1]} {t[1]} {t[2]}.", f"{cap(m[2])} quiere {t[4]} {w[2]}.",
                    f"{cap(m[3])} veut {t[5]} {w[3]}.", "fact", f"{cap(m[0])} wants to {t[0]} {w[4]}.")


def request(r):
    t, w = task(r), when(r)
    return Sentence(f"Can you {t[0]} {w[0]}?", f"Kannst du {w[1]} {t[1]} {t[2]}?", f"¿Puede {t[4]} {w[2]}?", f"Pouvez-vous {t[5]} {w[3]} ?", "talk", f"Can you {t[0]} {w[4]}?")


def intention(r):
    t, w = task(r), when(r)
    return Sentence(f"I have to {t[0]} {w[0]}.", f"Ich muss {w[1]} {t[1]} {t[2]}.", f"Tengo que {t[4]} {w[2]}.", f"Je dois {t[5]} {w[3]}.", "talk", f"I have to {t[0]} {w[4]}.")


def meeting_time(r):
    c, d = clock(r), r.choice(lx.WEEKDAYS)
    la = "la" if c[2].split(":")[0] == "1" else "las"
    return r.choice([
        Sentence(f"The meeting starts at {c[0]}.", f"Die Besprechung beginnt um {c[1]}.", f"La reunión empieza a {la} {c[2]}.", f"La réunion commence à {c[3]}.", "fact",
                 f"The meeting starts at {c[4]}."),
        Sentence(f"The next meeting is on {d[0]} at {c[0]}.", f"Die nächste Besprechung ist am {d[1]} um {c[1]}.", f"La próxima reunión es el {d[2]} a {la} {c[2]}.",
                 f"La prochaine réunion est {d[3]} à {c[3]}.", "fact", f"The next meeting is on {d[0]} at {c[4]}."),
        Sentence(f"The train leaves at {c[0]} on {d[0]}.", f"Der Zug fährt am {d[1]} um {c[1]}.", f"El tren sale el {d[2]} a {la} {c[2]}.",
                 f"Le train part {d[3]} à {c[3]}.", "fact", f"The train leaves at {c[4]} on {d[0]}.")])


def deadline(r):
    o, d = object_phrase(r), date(r)
    n = r.randint(2020, 2029)
    return r.choice([
        Sentence(f"The deadline is {d[0]}.", f"Die Frist endet am {d[1]}.", f"La fecha límite es el {d[2]}.", f"La date limite est le {d[3]}.", "fact", f"The deadline is {d[4]}."),
        Sentence(f"We need {o[0]} before {d[0]}.", f"Wir brauchen {o[1]} vor dem {d[1]}.", f"Necesitamos {o[2]} antes del {d[2]}.", f"Il nous faut {o[3]} avant le {d[3]}.", "fact",
                 f"We need {o[0]} before {d[4]}."),
        Sentence(f"The company was founded in {n}.", f"Die Firma wurde {n} gegründet.", f"La empresa se fundó en {n}.", f"L'entreprise a été fondée en {n}.", "fact",
                 f"The company was founded in {speak.year(n)}.")])


def metric(r):
    m, n, mo = r.choice(lx.METRICS), amount(r, 100), r.choice(lx.MONTHS)
    up = r.random() < 0.5
    de = {("s", True): "stieg", ("s", False): "sank", ("p", True): "stiegen", ("p", False): "sanken"}[m[2], up]
    es = {("s", True): "aumentó", ("s", False): "bajó", ("p", True): "aumentaron", ("p", False): "bajaron"}[m[4], up]
    fr = {("s", True): "a augmenté", ("s", False): "a baissé", ("p", True): "ont augmenté", ("p", False): "ont baissé"}[m[6][1], up]
    v = "increased" if up else "decreased"
    return Sentence(f"{m[0]} {v} by {n} percent in {mo[0]}.", f"{m[1]} {de} im {mo[1]} um {n} Prozent.", f"{m[3]} {es} un {n} por ciento en {mo[2]}.",
                    f"{m[5]} {fr} de {n} pour cent en {mo[3]}.", "fact", f"{m[0]} {v} by {speak.number(n)} percent in {mo[0]}.")


def need(r):
    n, i, w = amount(r), r.choice(lx.ITEMS), when(r)
    s = speak.number(n)
    return r.choice([
        Sentence(f"We need {n} {i[0]} {w[0]}.", f"Wir brauchen {w[1]} {n} {i[1]}.", f"Necesitamos {n} {i[2]} {w[2]}.", f"Il nous faut {n} {i[3]} {w[3]}.", "fact",
                 f"We need {s} {i[0]} {w[4]}."),
        Sentence(f"There are {n} {i[0]} in the room.", f"Im Raum sind {n} {i[1]}.", f"Hay {n} {i[2]} en la sala.", f"Il y a {n} {i[3]} dans la salle.", "fact",
                 f"There are {s} {i[0]} in the room.")])


def state(r):
    t, s = r.choice(lx.THINGS), r.choice(lx.STATES)
    es, fr = (s[3] if t[3] == "m" else s[4]), (s[5] if t[5] == "m" else s[6])
    return Sentence(f"{cap(t[0])} is {s[0]}.", f"{cap(t[1])} ist {s[1]}.", f"{cap(t[2])} {s[2]} {es}.", f"{cap(t[4])} est {fr}.", "fact")


def money(r):
    n = amount(r)
    s = speak.number(n)
    return r.choice([
        Sentence(f"The budget is {n} thousand euros.", f"Das Budget beträgt {n} Tausend Euro.", f"El presupuesto es de {n} mil euros.", f"Le budget est de {n} mille euros.", "fact",
                 f"The budget is {s} thousand euros."),
        Sentence(f"The hotel costs {n} euros.", f"Das Hotel kostet {n} Euro.", f"El hotel cuesta {n} euros.", f"L'hôtel coûte {n} euros.", "fact", f"The hotel costs {s} euros."),
        Sentence(f"The price is {n} dollars per month.", f"Der Preis beträgt {n} Dollar pro Monat.", f"El precio es de {n} dólares al mes.", f"Le prix est de {n} dollars par mois.", "fact",
                 f"The price is {s} dollars per month.")])


def decimal(r):
    a, b = r.randint(1, 20), r.randint(1, 9)
    return Sentence(f"The average is {a}.{b} points.", f"Der Durchschnitt beträgt {a},{b} Punkte.", f"La media es de {a},{b} puntos.", f"La moyenne est de {a},{b} points.", "fact",
                    f"The average is {speak.number(a)} point {speak.ONES[b]} points.")


def person(r):
    p, c, w, m = r.choice(lx.NAMES), r.choice(lx.CITIES), when(r), r.choice(lx.PERSONS)
    return r.choice([
        Sentence(f"My name is {p} and I am from {c[0]}.", f"Mein Name ist {p} und ich komme aus {c[1]}.", f"Me llamo {p} y soy de {c[2]}.", f"Je m'appelle {p} et je viens de {c[3]}.", "talk"),
        Sentence(f"{p} is in {c[0]} {w[0]}.", f"{p} ist {w[1]} in {c[1]}.", f"{p} está en {c[2]} {w[2]}.", f"{p} est à {c[3]} {w[3]}.", "fact", f"{p} is in {c[0]} {w[4]}."),
        Sentence(f"{p} is {m[0]}.", f"{p} ist {m[1]}.", f"{p} es {m[2]}.", f"{p} est {m[3]}.", "fact"),
        Sentence(f"{cap(m[0])} works in {c[0]}.", f"{cap(m[1])} arbeitet in {c[1]}.", f"{cap(m[2])} trabaja en {c[2]}.", f"{cap(m[3])} travaille à {c[3]}.", "fact")])


def past(r):
    v, o, p, m = r.choice(lx.VERBS), object_phrase(r), r.choice(lx.NAMES), r.choice(lx.ROLES)
    return r.choice([
        Sentence(f"{p} forgot to {v[0]} {o[0]}.", f"{p} hat vergessen, {o[1]} {v[2]}.", f"{p} olvidó {v[4]} {o[2]}.", f"{p} a oublié {fr_to(v[5])} {o[3]}.", "fact"),
        Sentence(f"{cap(m[0])} did not {v[0]} {o[0]}.", f"{cap(m[1])} hat {o[1]} nicht {v[3]}.", f"{cap(m[2])} no ha {v[6]} {o[2]}.", f"{cap(m[3])} n'a pas {v[7]} {o[3]}.", "fact"),
        Sentence(f"Why did {p} {v[0]} {o[0]}?", f"Warum hat {p} {o[1]} {v[3]}?", f"¿Por qué ha {v[6]} {p} {o[2]}?", f"Pourquoi {p} a {v[7]} {o[3]} ?", "talk")])


def page(r):
    n, o = r.randint(2, 199), object_phrase(r)
    return Sentence(f"Please look at page {n}.", f"Bitte seht euch Seite {n} an.", f"Por favor, miren la página {n}.", f"Regardez la page {n}, s'il vous plaît.", "talk", f"Please look at page {speak.number(n)}.")


def spelled(r):
    p = r.choice(lx.NAMES)
    w = "-".join(p.upper())
    code = r.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") + r.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") + "".join(r.choice("0123456789") for _ in range(r.randint(1, 3)))
    number = "".join(r.choice("0123456789") for _ in range(r.randint(3, 7)))
    return r.choice([
        Sentence(f"My name is {p}, {w}.", f"Mein Name ist {p}, {w}.", f"Me llamo {p}, {w}.", f"Je m'appelle {p}, {w}.", "talk", f"My name is {p}, {speak.letters(p.upper())}."),
        Sentence(f"The code is {code}.", f"Der Code ist {code}.", f"El código es {code}.", f"Le code est {code}.", "talk", f"The code is {speak.letters(code)}."),
        Sentence(f"The number is {number}.", f"Die Nummer ist {number}.", f"El número es {number}.", f"Le numéro est {number}.", "talk", f"The number is {speak.digits(number)}.")])


def letters(r):
    """Letters that spell no name: nothing but the sound says which they are. For training only; not in FAMILIES."""
    w = "-".join(r.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(r.randint(3, 8)))
    return Sentence(f"The code is {w}.", f"Der Code ist {w}.", f"El código es {w}.", f"Le code est {w}.", "talk", f"The code is {speak.letters(w.replace('-', ''))}.")


def chart_label(r):
    """What a bar, a slice or a row is called, in four languages and as it is said (tasks.GROUPS: the same in English)."""
    k = r.randrange(8)
    if k < 2:
        m = r.choice(lx.MONTHS + lx.WEEKDAYS)
        return (m[0][:3],) * 4 + (m[0][:3],) if k == 0 else (*m[:4], m[0])
    if k == 2:
        y = r.randint(2019, 2029)
        return (str(y),) * 4 + (r.choice([speak.year(y), str(y)]),)
    if k == 3:
        x = r.choice(lx.QUARTERS + lx.LETTERS)
        return (x,) * 4 + (speak.letters(x),)
    if k == 4:
        x = r.choice(lx.NAMES)
        return (x,) * 5
    x = r.choice(lx.CITIES) if k == 5 else r.choice(lx.REGIONS + lx.COLORS) if k == 6 else tuple(map(cap, r.choice(lx.ITEMS)))
    return (*x[:4], x[0])


def chart_question(r):
    """Questions that are also asked by voice over a picture."""
    if r.random() < 0.65:
        x = chart_label(r)
        return r.choice([
            Sentence(f"What is the value of {x[0]}?", f"Was ist der Wert von {x[1]}?", f"¿Cuál es el valor de {x[2]}?", f"Quelle est la valeur de {x[3]} ?", "talk",
                     f"What is the value of {x[4]}?"),
            Sentence(f"How much is {x[0]}?", f"Wie viel ist {x[1]}?", f"¿Cuánto es {x[2]}?", f"Combien vaut {x[3]} ?", "talk", f"How much is {x[4]}?")])
    part = r.choice(CHART_PARTS)
    most = r.random() < 0.5
    high, low = ("Which {} is the highest?", "Which {} is the lowest?") if r.random() < 0.5 else ("Which {} has the largest value?", "Which {} has the smallest value?")
    return r.choice([
        Sentence((high if most else low).format(part[0]), *(q.format(x) for q, x in zip(HIGHEST if most else LOWEST, part[1:])), "talk", fixed=True),
        Sentence("What is the trend?", "Wie ist der Trend?", "¿Cuál es la tendencia?", "Quelle est la tendance ?", "talk", fixed=True),
        Sentence("Read the text.", "Lies den Text.", "Lee el texto.", "Lis le texte.", "talk", fixed=True),
        Sentence("Describe the chart.", "Beschreibe das Diagramm.", "Describe el gráfico.", "Décris le graphique.", "talk", fixed=True),
        Sentence("Describe the table.", "Beschreibe die Tabelle.", "Describe la tabla.", "Décris le tableau.", "talk", fixed=True)])


# English noun, then the whole phrase of each language that the question takes
CHART_PARTS = lx.table("""
bar | Welcher Balken | ¿Qué barra | Quelle barre
point | Welcher Punkt | ¿Qué punto | Quel point
slice | Welches Stück | ¿Qué porción | Quelle part
row | Welche Zeile | ¿Qué fila | Quelle ligne
""")
HIGHEST = "{} hat den größten Wert?", "{} tiene el valor más alto?", "{} a la plus grande valeur ?"
LOWEST = "{} hat den kleinsten Wert?", "{} tiene el valor más bajo?", "{} a la plus petite valeur ?"


def fixed(r):
    return Sentence(*r.choice(TALK if r.random() < 0.75 else COMMANDS), "talk", fixed=True)


FAMILIES = [(action_will, 12), (action_should, 8), (action_two, 5), (action_please, 4), (decision, 10), (wish, 7), (request, 6), (intention, 5),
            (meeting_time, 8), (deadline, 5), (metric, 6), (need, 7), (state, 6), (money, 5), (decimal, 2), (person, 8), (past, 8),
            (page, 2), (spelled, 6), (chart_question, 10), (fixed, 12)]
_POOL = [f for f, n in FAMILIES for _ in range(n)]


def sentence(r: random.Random, fold="train", fixed_too=True, families=None) -> Sentence:
    """families: functions of this file to draw from, by default all, as often as FAMILIES says."""
    while True:
        s = r.choice(families or _POOL)(r)
        if s.fixed:
            if fixed_too:
                return s
        elif in_test_fold(s.en) == (fold == "test"):
            return s


def summary(passage):
    """The reference summary: decisions and action items in order, nothing else."""
    parts = [("Decision: " if s.kind == "decision" else "Action: ") + s.en for s in passage if s.kind in ("decision", "action")]
    return " ".join(parts) if parts else "No decisions or action items."


if __name__ == "__main__":
    rng = random.Random(1)
    seen = [sentence(rng) for _ in range(20000)]
    vocabulary = {w.lower() for s in seen for w in "".join(c if c.isalpha() or c == "'" else " " for c in s.en).split() if len(w) > 1}
    print(len(vocabulary), "English words,", len({s.en for s in seen}), "different sentences of", len(seen))
    for s in seen[:12]:
        print(s.en, "|", s.spoken, "|", s.de, "|", s.es, "|", s.fr)
