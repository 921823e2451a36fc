#!/usr/bin/env python3
"""format.py < EXPOSITION: is it OpenMetrics 1.0? Says each line that is not, and exits 1. Written from the specification's text alone:
families are not interleaved, TYPE and UNIT and HELP come before the samples and once, a unit is the end of the name, labels are escaped,
a series stands once, numbers are numbers, the last line is # EOF and nothing follows."""
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(r"^(%s)(?:\{(%s(?:,%s)*)?\})? (\S+)$" % (NAME, LABEL, LABEL))

text = sys.stdin.buffer.read().decode("utf-8")
wrong, seen, families, family = [], set(), {}, None
lines = text.split("\n")
if lines[-1] != "" or len(lines) < 2 or lines[-2] != "# EOF":
    wrong.append("it does not end with # EOF")
for number, line in enumerate(lines[:-2], 1):
    def bad(why):
        wrong.append("%d: %s: %s" % (number, why, line[:120]))
    about = re.match(r"^# (TYPE|UNIT|HELP) (%s) (.*)$" % NAME, line)
    if about:
        kind, name, rest = about.groups()
        if family != name:
            if name in families:
                bad("its family was left before")
            family, families[name] = name, {"samples": 0}
        if kind in families[name]:
            bad("said twice")
        if families[name]["samples"]:
            bad("after its samples")
        families[name][kind] = rest
        if kind == "TYPE" and rest not in ("gauge", "counter", "info", "stateset", "unknown"):
            bad("no such type")
        if kind == "UNIT" and not name.endswith("_" + rest):
            bad("its name does not end with its unit")
        if kind == "HELP" and re.search(r'\\(?![\\n"])', rest):
            bad("an escape that is none")
        continue
    sample = SAMPLE.match(line)
    if not sample:
        bad("neither a sample nor a line about one")
        continue
    name, labels, value = sample.groups()
    if name != family or "TYPE" not in families[name]:
        bad("outside of its family")
    else:
        families[name]["samples"] += 1
    keys = re.findall(r"(%s)=\"" % NAME, re.sub(r'"(?:[^"\\]|\\.)*"', '""', labels or "").replace('""', '"'))
    if len(keys) != len(set(keys)):
        bad("a label twice")
    if (name, labels) in seen:
        bad("the same series twice")
    seen.add((name, labels))
    try:
        float(value)
    except ValueError:
        bad("no number")
print("\n".join(wrong))
sys.exit(1 if wrong else 0)
