"""What breaks a daemon of the lab, what mends it, and how its own tools say that it is well."""
import os
import re
import subprocess
import time
import xml.etree.ElementTree as ET

LAB = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lab")


def lab(*argv, seconds=60):
    try:
        p = subprocess.run([LAB, *argv], capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL)
        return p.returncode, p.stdout, p.stderr
    except subprocess.TimeoutExpired:
        return 124, "", "no answer in %d s" % seconds


def must(*argv, seconds=60):
    code, out, err = lab(*argv, seconds=seconds)
    if code:
        raise RuntimeError("lab %s: exit %d %s" % (" ".join(argv), code, (err or out).strip()[-300:]))
    return out


def table(path):
    """Its rows: daemons by name, and the cases."""
    daemons, cases = {}, []
    for line in open(path):
        kind, _, rest = line.strip().partition(" ")
        if kind not in ("daemon", "case"):
            continue
        cell = [c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", rest)]
        if kind == "daemon":
            daemons[cell[0]] = dict(zip(("name", "pattern", "unit", "on", "well", "mend", "drawn"), cell))
        else:
            fault, seconds = cell[3].split()
            cases.append({"shard": cell[0], "host": cell[1], "daemon": cell[2], "fault": fault, "seconds": float(seconds), "named": cell[4],
                          "spoils": cell[5].split(), "allowed": [w for w in cell[6].split(",") if w], "remark": cell[7] if len(cell) > 7 else ""})
    return daemons, cases


class Fault:
    """One daemon of one host. break_() begins it; lift() takes away what does not go by itself."""

    def __init__(self, daemon, fault, host, names):
        self.daemon, self.fault, self.host, self.names = daemon, fault, host, names
        self.pattern = self.fill(daemon["pattern"])
        self.starver = None
        self.pids = []

    def fill(self, text):
        return text.format(h=self.host, **self.names)

    def where(self):
        return self.fill(self.daemon["on"]) if self.daemon["name"].startswith("src-") else self.host

    def signal(self, name):
        return lab("exec", self.where(), "pkill", "-" + name, "-f", "--", self.pattern)[0]

    def running(self):
        code, out, _ = lab("exec", self.where(), "pgrep", "-f", "--", self.pattern, seconds=10)
        return out.split() if code == 0 else []

    def begin(self):
        self.pids = self.running() if self.daemon["pattern"] != "-" else []
        if self.daemon["pattern"] != "-" and not self.pids:
            raise RuntimeError("no process %s on %s" % (self.pattern, self.where()))
        getattr(self, "begin_" + self.fault.replace("-", "_") + ("_host" if self.daemon["pattern"] == "-" else ""))()

    def lift(self):
        self.lift_only()
        self.heal()

    def heal(self):
        """Now, not at the self-heal daemon's next round, ten minutes later; it may have no connection yet, so once more if need be."""
        if self.daemon["well"] in ("healed", "host") or self.daemon["name"] == "glusterd":
            lab("exec", self.names["asked"], "timeout", "20", "gluster", "--mode=script", "--timeout=15", "volume", "heal", "models", seconds=30)
        if self.daemon["well"] == "cluster" or self.host in (self.names["self"], self.names["other"]):
            other = self.names["other"] if self.host == self.names["self"] else self.names["self"]
            lab("exec", other, "timeout", "20", "crm_resource", "--cleanup", seconds=30)  # a failed action is remembered for good: the operator's to clean up

    def lift_only(self):
        fn = getattr(self, "lift_" + self.fault.replace("-", "_") + ("_host" if self.daemon["pattern"] == "-" else ""), None)
        if fn:
            fn()

    def begin_freeze(self):
        self.signal("STOP")

    def lift_freeze(self):
        self.signal("CONT")

    def begin_kill(self):
        self.signal("KILL")

    def lift_kill(self):
        self.mend()

    def mend(self):
        word = self.daemon["mend"]
        if word == "start":
            lab("exec", self.host, "systemctl", "restart", self.daemon["unit"], seconds=60)  # start would wait for the unit's own RestartSec, a minute
        elif word == "start-brick":
            lab("start-brick", seconds=120)
        elif word == "remount":
            lab("mount", seconds=120)

    def begin_restart(self):
        lab("exec", self.host, "systemctl", "restart", self.daemon["unit"], seconds=120)

    def begin_starve(self):  # nine tenths of the time stopped
        loop = "n=0; while [ $n -lt 40 ]; do pkill -STOP -f -- '%s'; sleep 0.9; pkill -CONT -f -- '%s'; sleep 0.1; n=$((n+1)); done" % (self.pattern, self.pattern)
        # The loop's own command line must not fit the pattern.
        loop = loop.replace(self.pattern, self.pattern if self.pattern.startswith("^") else "[%s]%s" % (self.pattern[0], self.pattern[1:]))
        self.starver = subprocess.Popen([LAB, "exec", self.where(), "sh", "-c", loop], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def lift_starve(self):
        if self.starver:
            self.starver.terminate()
            self.starver.wait()
            self.starver = None
        lab("exec", self.where(), "pkill", "-KILL", "-f", "--", "^sh -c n=0; while")
        self.signal("CONT")

    def begin_cut_off(self):  # ssh: the daemon and every session of it
        must("exec", self.host, "systemctl", "stop", self.daemon["unit"])
        lab("exec", self.host, "pkill", "-KILL", "-f", "^sshd: root")

    def lift_cut_off(self):
        lab("exec", self.host, "systemctl", "start", self.daemon["unit"])

    def begin_cut_host(self):
        must("cut", self.host)

    def lift_cut_host(self):
        lab("join", self.host)
        if self.host in (self.names["self"], self.names["other"]):
            lab("mount", seconds=120)  # a host that was fenced and booted while it was cut could not mount the volume

    def begin_hang_lost_host(self):
        """Its glusterd hangs, and then the host itself is lost: nobody ever closes the connections to it."""
        must("freeze-proc", self.host, "glusterd")
        time.sleep(8)
        must("poweroff", self.host)

    def lift_hang_lost_host(self):
        lab("poweron", self.host, seconds=250)

    def begin_freeze_host(self):
        must("freeze", self.host)

    def lift_freeze_host(self):
        lab("thaw", self.host)

    def begin_slow_host(self):
        must("slow", self.host, "300", "5")

    def lift_slow_host(self):
        lab("slow", self.host, "off")

    # ---- is it well? ----
    def well(self):
        word = self.fill(self.daemon["well"])
        on = self.fill(self.daemon["on"])
        if self.daemon["pattern"] != "-" and not self.whole():
            return False
        if word == "cluster":
            return cluster_well(on)
        if word == "healed":
            return healed(self.names["store"] if self.host == self.names["asked"] else self.names["asked"])
        if word == "host":
            return host_well(self.host, self.names)
        return lab("exec", on, "sh", "-c", word, seconds=10)[0] == 0

    def whole(self):
        """Its process runs, and is not stopped."""
        code, out, _ = lab("exec", self.where(), "sh", "-c", "for p in $(pgrep -f -- '%s'); do cut -d' ' -f3 /proc/$p/stat; done" % bracket(self.pattern), seconds=10)
        states = out.split()
        return code == 0 and bool(states) and "T" not in states


def bracket(pattern):
    """So that a shell with the pattern in its command line does not fit it."""
    at = 1 if pattern.startswith("^") else 0
    return pattern[:at] + "[%s]" % pattern[at] + pattern[at + 1:]


def cluster_well(host):
    code, out, _ = lab("exec", host, "timeout", "6", "crm_mon", "-1", "--output-as=xml", seconds=12)
    if code:
        return False
    try:
        root = ET.fromstring(out)
    except ET.ParseError:
        return False
    members = [n for n in root.iter("node") if n.get("type") == "member"]
    resources = [r for r in root.iter("resource") if r.get("id") == "test01"]
    return (root.find("status").get("code") == "0" and not list(root.iter("error")) and not list(root.iter("failure")) and bool(members) and
            all(n.get("online") == "true" and n.get("pending") == "false" and n.get("unclean") == "false" for n in members) and
            all(r.get("role") == "Started" and r.get("failed") == "false" and not r.get("pending") for r in resources) and bool(resources))


def healed(asked):
    code, out, _ = lab("exec", asked, "timeout", "20", "gluster", "--mode=script", "volume", "heal", "models", "info", "summary", seconds=30)
    bricks, clean = len(re.findall(r"^Brick", out, re.M)), len(re.findall(r"^Total Number of entries: 0$", out, re.M))
    return code == 0 and bricks > 0 and bricks == clean


def host_well(host, names):
    if lab("exec", host, "true", seconds=5)[0]:
        return False
    if host in (names["self"], names["other"]):
        return cluster_well(names["other"] if host == names["self"] else names["self"]) and lab("exec", host, "timeout", "3", "stat", "/kvmdata/test01.qcow2", seconds=8)[0] == 0
    return lab("exec", host, "timeout", "4", "gluster", "--mode=script", "--timeout=3", "pool", "list", seconds=8)[0] == 0 and healed(names["asked"] if host != names["asked"] else names["store"])


def cluster_idle(host):
    return lab("exec", host, "timeout", "30", "crm_resource", "--wait", "--timeout=25s", seconds=40)[0] == 0


def sleep_until(at):
    time.sleep(max(0, at - time.monotonic()))
