"""What a console showed while something was broken, against what was true: pure, over recorded frames.

A run is a list of frames {"at": ms, "host": .., "view": overview|sources|problems, "frame": [lines]} and the case's times:
began, lifted (the fault is taken away; equal to back when it mends itself), back (well again by its own tool)."""
import re

NAMED_MS = 10000
WELL_MS = 30000
SLACK_MS = 2000  # what mends itself was well for so long, at most, before it was seen
STEADY_MS = 6000  # healthy for so long is healthy
AGE_MAX_MS = 10000
HEALTH = re.compile(r"\b(HEALTHY|DEGRADED|OUTAGE|UNKNOWN)\b")
OLD = re.compile(r"[~?]")


def health(frame):
    m = HEALTH.search(frame[0]) if frame else None
    return m.group(1).lower() if m else None


def rows(frame):
    """Of a view with one list: what stands between its borders, without the head."""
    found = []
    for line in frame[2:]:
        m = re.match(r"^[│|](.*)[│|]$", line)
        if m and m.group(1).strip():
            found.append(m.group(1)[1:].strip())
    return found[1:]


def milliseconds(text):
    m = re.match(r"([\d.]+) (ms|s|min|h|d)$", text)
    return float(m.group(1)) * {"ms": 1, "s": 1000, "min": 60000, "h": 3600000, "d": 86400000}[m.group(2)] if m else None


def sources(frame):
    """{"libvirt@kvm01": {state, age_ms, stale, text}}"""
    out = {}
    for row in rows(frame):
        m = re.match(r"(\w+) +(\S+) +(\w+) +([\d.]+ \w+|never) +(\d+) of (\d+) *(.*)$", row)
        if m:
            out["%s@%s" % (m.group(1), m.group(2))] = {"state": m.group(3).lower(), "age_ms": milliseconds(m.group(4)), "stale": int(m.group(5)), "text": m.group(7)}
    return out


def problems(frame):
    """[(subject, text)]"""
    if not frame or len(frame) < 3:
        return []
    head = frame[2]
    at, to = head.find("SUBJECT"), head.find("WHAT")
    if at < 0:
        return []
    found = []
    for line in frame[3:]:
        if re.match(r"^[│|].*[│|]$", line) and re.search(r"\b(info|warning|critical)\b", line[:at]):
            found.append((line[at:to].strip(), line[to:].strip(" │|")))
    return found


def pane(frame, title):
    """The lines of one pane of the overview, its head first."""
    out = []
    for i, line in enumerate(frame):
        start = line.find(title)
        if start < 1 or line[start - 1] not in "┌+":
            continue
        left = start - 1
        right = next((k for k in range(left + 1, len(line)) if line[k] in "┐+"), len(line))
        for below in frame[i + 1:]:
            if len(below) <= left or below[left] not in "│|":
                break
            out.append(below[left + 1:right])
        break
    return out


def cells(lines, name, first, last):
    """What stands under the columns FIRST to LAST in the row of NAME; None when there is no such row or column."""
    if not lines:
        return None
    head = lines[0]
    a, b = re.search(r"(?<!\S)%s(?!\S)" % re.escape(first), head), re.search(r"(?<!\S)%s(?!\S)" % re.escape(last), head)
    if not a or not b:
        return None
    before = len(head[:a.start()].rstrip())  # a right-aligned value begins left of its title
    after = len(head) - len(head[b.end():].lstrip())
    for line in lines[1:]:
        if re.match(r"^.? *(\S+ +)?%s(?!\S)" % re.escape(name), line):
            return line[before:after - 1]
    return None


def drawn_old(frame, what):
    """True when the overview draws it as old or unknown; None when it is not there at all."""
    layer, _, host = what.partition("@")
    nodes = pane(frame, "1 Nodes")
    if layer == "corosync":
        m = re.search(r"(\S*)(quorum|QUORUM)\s+\S+", frame[0]) if frame else None
        return bool(OLD.search(m.group(0))) if m else True
    if layer == "pacemaker":
        found = [c for c in (cells(nodes, line[1:].split()[0], "HA", "HA") for line in nodes[1:] if " kvm " in line) if c is not None]
        return all(OLD.search(c) for c in found) if found else None
    if layer == "libvirt":
        c = cells(nodes, host, "VMS", "MEM")
        return None if c is None else bool(OLD.search(c)) or not re.search(r"\d", c)
    if layer == "node":
        c = cells(nodes, host, "HA", "HA")
        return None if c is None else "online" not in c or bool(OLD.search(c))
    if layer == "peer":
        c = cells(nodes, host, "PEER", "PEER")
        return None if c is None else c.strip() != "peer"
    if layer == "brick":
        c = cells(pane(frame, "2 Bricks"), host + ":/data", "UP", "UP")
        return None if c is None else not re.search(r"[●*] up", c)
    if layer == "gluster":
        found = [c for c in (cells(nodes, line[1:].split()[0], "PEER", "PEER") for line in nodes[1:] if " glu " in line) if c is not None]
        return all(OLD.search(c) for c in found) if found else None
    return None


def fits(source, patterns):
    return any(p == source or ("@" not in p and source.startswith(p + "@")) for p in patterns)


def young(run, at):
    return any(0 <= at - started < 8000 for started in run.get("started", []))


def clock(run, at):
    return "%+.1f s" % ((at - run["began"]) / 1000)


def named_at(run, frames):
    """When it was first named: by a problem, or by a source that says it is not well."""
    wanted = re.compile(run["named"])
    for f in frames:
        if f["at"] < run["began"]:
            continue
        if f["view"] == "problems":
            texts = ["%s %s" % p for p in problems(f["frame"])]
        elif f["view"] == "sources":
            texts = ["%s on %s is %s: %s" % (*k.split("@"), s["state"], s["text"]) for k, s in sources(f["frame"]).items() if s["state"] != "ok"]
        else:
            continue
        for text in texts:
            if wanted.search(text):
                return f["at"], text
    return None, None


def judge(run, frames):
    """run: began, lifted, back (ms), named (pattern or "-"), spoils [..], allowed [..], drawn [..], host; stands: the console
    stood still with its host, so that it could answer and name nothing. Returns [(passed, sentence)]."""
    run = {**run, "started": [f["at"] for f in frames if f.get("note") == "started"]}
    gone = [f["at"] for f in frames if f.get("note") == "the console is not there"]
    mute = [f for f in frames if f.get("note") == "no answer to a key" and not any(0 <= at - f["at"] < 5000 for at in gone)]  # gone: with its host
    if run.get("stands"):
        mute = [f for f in mute if f["at"] >= run["back"]]
    frames = [f for f in frames if "view" in f and "frame" in f and not f.get("note")]
    out = []
    overview = [f for f in frames if f["view"] == "overview"]
    due = run["began"] + NAMED_MS
    if run.get("mends_itself"):
        run["lifted"] -= SLACK_MS
        run["ill"] = min(run.get("ill", 0), run["lifted"])
    must = "healthy" not in run["allowed"]

    def say(passed, text):
        out.append((passed, text))

    during = [f for f in overview if run["began"] <= f["at"] < run["lifted"]]
    say(bool(during) or run["lifted"] - run["began"] < 2000 or bool(gone), "%d frames while it was broken" % len(during))

    ill = max(run["lifted"], run.get("ill", 0))  # the last time its own tool said that it is not well
    false = [f for f in overview if due <= f["at"] < ill and health(f["frame"]) == "healthy"]
    if must:
        say(not false, "never HEALTHY later than 10 s after it began, until it was well" + (": at %s" % ", ".join(clock(run, f["at"]) for f in false[:5]) if false else ""))

    if run["named"] != "-":
        at, text = named_at(run, frames)
        is_due = (must or run["lifted"] > due) and not any(run["began"] <= g <= due for g in gone)  # shot with its host before
        if at is None:
            say(not is_due, "named: never" + ("" if is_due else "; it was over in %.1f s" % ((run["lifted"] - run["began"]) / 1000)))
        else:
            say(at <= due or not is_due, "named at %s: %s" % (clock(run, at), text[:110]))

    wrong = set()
    for f in frames:
        if f["view"] == "sources" and run["began"] <= f["at"]:
            for name, s in sources(f["frame"]).items():
                if s["state"] == "waiting" and young(run, f["at"]):
                    continue  # a console that was started anew with its host
                if not fits(name, run["spoils"]) and (s["state"] != "ok" or s["stale"] or (s["age_ms"] or 0) > AGE_MAX_MS):
                    wrong.add("%s %s, %d stale, at %s: %s" % (name, s["state"], s["stale"], clock(run, f["at"]), s["text"][:60]))
    say(not wrong, "the other sources are fresh throughout" + (": " + "; ".join(sorted(wrong)[:3]) if wrong else ""))

    if must:
        for what in run["drawn"]:
            bad = [f for f in during if f["at"] >= due and drawn_old(f["frame"], what) is not True]
            if any(f["at"] >= due for f in during):
                say(not bad, "%s is drawn as old or unknown" % what + (": not at %s" % ", ".join(clock(run, f["at"]) for f in bad[:5]) if bad else ""))

    allowed = {"healthy", "degraded", "unknown"} | set(run["allowed"])
    words = [(f["at"], health(f["frame"])) for f in overview if f["at"] >= run["began"]]
    odd = [(at, w) for at, w in words if w not in allowed and w is not None]
    say(not odd, "no false outage" + (": %s" % ", ".join("%s at %s" % (w, clock(run, at)) for at, w in odd[:5]) if odd else ""))

    out.append(well_again(run, overview))
    say(not mute, "every key was answered" + (": not %d of them" % len(mute) if mute else ""))
    return out


def well_again(run, overview):
    last_bad = max([f["at"] for f in overview if f["at"] >= run["began"] and health(f["frame"]) != "healthy"], default=None)
    after = [f["at"] for f in overview if f["at"] >= run["back"]]
    if last_bad is None:
        return (bool(after), "healthy throughout" if after else "no frame after its return")
    first = min([at for at in (f["at"] for f in overview) if at > last_bad], default=None)
    if first is None:
        return (False, "not HEALTHY again: still not %.1f s after its return" % ((last_bad - run["back"]) / 1000))
    took = (first - run["back"]) / 1000
    return (first - run["back"] <= WELL_MS, "HEALTHY again %.1f s after its return, for good" % max(0, took))
