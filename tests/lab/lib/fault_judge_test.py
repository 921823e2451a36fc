"""The judge, judged: made-up runs that are right, and the same with one lie in each."""
import copy
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import fault_judge  # noqa: E402
import fault_loop  # noqa: E402

T = 1000000


def overview(word, libvirt="2  12%  20%", peer="peer", up="● up  ", title="quorum 2/2"):
    return [" cluster-kvm   %s   %s  DC kvm01  fencing on      12:00:00" % (word, title),
            "┌1 Nodes───────────────────────────────────────┐┌2 Bricks─────────────────────────┐",
            "│ NODE  ROLE HA        PEER    VMS  CPU  MEM   ││ SET BRICK       VOLUME UP    FREE│",
            "│▶kvm01 kvm  online DC -         %s   ││   0 node1:/data models %s3.0G│" % (libvirt, up),
            "│ kvm02 kvm  online    -         1   9%  15%   ││   0 node2:/data models ● up  3.0G│",
            "│ node1 glu  -         %-7s   -    -    -   ││                                 │" % peer,
            "└──────────────────────────────────────────────┘└─────────────────────────────────┘"]


def sources(libvirt="ok", stale=0, gluster="ok"):
    return ["title", "┌Sources───┐", "│ SOURCE    HOST  STATE  LAST WORD STALE FACTS IT SAYS                     │",
            "│▶corosync  kvm01 ok         1.9 s      0 of 3 Corosync 3.1.7, node 1 of 2           │",
            "│ gluster   kvm01 %-6s     1.9 s      0 of 9 glusterd on node1                     │" % gluster,
            "│ libvirt   kvm01 %-6s     9.9 s      %d of 4 it does not answer                    │" % (libvirt, stale),
            "└──────────┘"]


def problems(*texts):
    return ["title", "┌Problems───┐", "│ HOW BAD     SINCE SUBJECT       WHAT                                         │"] + \
           ["│ ▲ warning    1 s  libvirt@kvm01 %-45s│" % t for t in texts] + ["└───────────┘"]


def story():
    """libvirtd hangs from T to T + 20 s; named after 5 s; well 2 s after its return."""
    frames = []
    for s in range(-2, 32):
        at = T + s * 1000
        ill = 5 <= s < 22
        frames.append({"at": at, "view": "overview", "frame": overview("UNKNOWN" if ill else "HEALTHY", "~2 ~12% ~20%" if ill else "2  12%  20%")})
        frames.append({"at": at + 20, "view": "sources", "frame": sources("HUNG" if ill else "ok", 4 if ill else 0)})
        frames.append({"at": at + 40, "view": "problems", "frame": problems(*(["libvirt on kvm01 is hung: it does not answer"] if ill else []))})
    return frames


RUN = {"began": T, "lifted": T + 20000, "back": T + 20300, "host": "kvm01", "named": "libvirt on kvm01 is (hung|down)", "spoils": ["libvirt@kvm01"],
       "allowed": [], "drawn": ["libvirt@kvm01"]}
bad = 0


def check(name, passed):
    global bad
    bad |= not passed
    print("%s - %s" % ("ok" if passed else "not ok", name))


def verdict(change=None, **run):
    frames = copy.deepcopy(story())
    for f in frames:
        if change:
            change(f, (f["at"] - T) // 1000)
    return fault_judge.judge({**RUN, **run}, frames)


def fails(name, words, change=None, **run):
    failed = [text for passed, text in verdict(change, **run) if not passed]
    check("%s: said so" % name, len(failed) >= 1 and any(words in t for t in failed))


def put(view, when, frame):
    def change(f, s):
        if f["view"] == view and when(s):
            f["frame"] = frame
    return change


check("a true story passes", all(passed for passed, _ in verdict()))
fails("HEALTHY once, 12 s after it began", "never HEALTHY", put("overview", lambda s: s == 12, overview("HEALTHY", "~2 ~12% ~20%")))
fails("HEALTHY after the fault was lifted and before it was well", "never HEALTHY", None, ill=T + 24000, back=T + 24500)
fails("never named", "named: never", put("problems", lambda s: True, problems()), named="libvirt on kvm09")
fails("named after 14 s only", "named at +14", lambda f, s: f.update(frame=problems() if f["view"] == "problems" else sources()) if f["view"] != "overview" and s < 14 else None)
fails("another source goes old with it", "the other sources", put("sources", lambda s: s == 8, sources("HUNG", 4, gluster="stale")))
fails("its values look fresh", "is drawn as old", put("overview", lambda s: s == 13, overview("UNKNOWN")))
fails("an outage that is none", "no false outage", put("overview", lambda s: s == 9, overview("OUTAGE", "~2 ~12% ~20%")))
fails("well again after 31 s only", "HEALTHY again", None, back=T - 12000)
fails("ill once more afterwards", "not HEALTHY again", put("overview", lambda s: s == 31, overview("DEGRADED")))
fails("no frame at all while it was broken", "frames while", lambda f, s: f.update(view="gone") if 0 <= s < 20 else None)
fails("a key that was not answered", "every key was answered: not 1", lambda f, s: f.update(note="no answer to a key") if f["view"] == "problems" and s == 3 else None)
def shot(f, s):
    late(f, s)
    if f["view"] == "problems" and s == 4:
        f["note"] = "the console is not there"


def late(f, s):
    if f["view"] != "overview" and s < 14:
        f.update(frame=problems() if f["view"] == "problems" else sources())


check("a console that was shot with its host could not name it before", not any("named at" in t for p, t in verdict(shot) if not p))
MUTE = lambda f, s: f.update(note="no answer to a key") if f["view"] == "problems" and s in (3, 25) else None
fails("a console that stood with its host, and answers nothing afterwards", "every key was answered: not 1", MUTE, stands=True)
check("what may be healthy may stay unnamed, when it is over soon",
      all(p for p, _ in verdict(put("problems", lambda s: True, problems()), allowed=["healthy"], lifted=T + 6000, drawn=[])))

check("the health word of a title", fault_judge.health(overview("OUTAGE")) == "outage" and fault_judge.health([]) is None)
check("a source's row", fault_judge.sources(sources("HUNG", 4))["libvirt@kvm01"] == {"state": "hung", "age_ms": 9900.0, "stale": 4, "text": "it does not answer"})
check("a problem's row", fault_judge.problems(problems("a b")) == [("libvirt@kvm01", "a b")])
for name, frame, what, wanted in (
        ("a fresh host", overview("HEALTHY"), "libvirt@kvm01", False), ("an old one", overview("HEALTHY", "~2  12%  20%"), "libvirt@kvm01", True),
        ("an unknown one", overview("HEALTHY", "?    ?    ?"), "libvirt@kvm01", True), ("a host that is not there", overview("HEALTHY"), "libvirt@kvm07", None),
        ("a node that is online", overview("HEALTHY"), "node@kvm02", False),
        ("one that is not", [l.replace("kvm02 kvm  online ", "kvm02 kvm  OFFLINE") for l in overview("HEALTHY")], "node@kvm02", True),
        ("a suspect peer", overview("HEALTHY", peer="SUSPECT"), "peer@node1", True), ("a peer", overview("HEALTHY"), "peer@node1", False),
        ("a brick", overview("HEALTHY"), "brick@node1", False), ("a brick that hangs", overview("HEALTHY", up="○ HUNG"), "brick@node1", True),
        ("quorum", overview("HEALTHY"), "corosync", False), ("old quorum", overview("HEALTHY", title="~quorum 2/2"), "corosync", True)):
    got = fault_judge.drawn_old(frame, what)
    check("%s is read from the overview" % name, got is wanted)

LINES = ["1.0 poll([{fd=0}], 1, 500) = 0 (Timeout) <0.500123>", "8.1 write(1, \"x\", 1) = 1 <0.000100>", "8.2 lseek(4, 0, SEEK_SET) = 0 <0.031000>"]


def loop(lines):
    import tempfile
    with tempfile.NamedTemporaryFile("w") as f:
        f.write("\n".join(lines) + "\n")
        f.flush()
        return fault_loop.verdict(fault_loop.summary(f.name))


check("a long poll is no wait, nor is a call that cannot block", loop(LINES)[0] is True)
check("a long write is one", loop(LINES + ["8.3 write(1, \"y\", 1) = 1 <0.150000>"])[0] is False)
check("but not one to a file in memory", loop(LINES + ["8.3 write(4, \"y\", 1) = 1 <0.150000>"])[0] is True)
READY = LINES + ["8.4 poll([{fd=0, events=POLLIN}], 1, 0) = 1 ([{fd=0, revents=POLLIN}]) <0.000010>", "8.5 read(0, \"x\", 9) = 1 <0.090000>"]
check("a read of what poll said is there is none", loop(READY)[0] is True)
check("the next one is", loop(READY + ["8.6 read(0, \"x\", 9) = 1 <0.090000>"])[0] is False)
check("and so is a lock", loop(LINES + ["8.3 futex(0x1, FUTEX_WAIT, 2, NULL) = 0 <0.050000>"])[0] is False)
sys.exit(bad)
