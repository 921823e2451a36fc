"""What a cluster's own tools say of it, read in a lab: crm_mon, cibadmin, corosync-*, gluster, virsh, getfattr, stat."""
import concurrent.futures
import os
import re
import subprocess
import time
import xml.etree.ElementTree as ET
from datetime import datetime, timezone

LAB = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lab")


class Unsettled(Exception):
    """The tools could not answer, or the cluster moved: ask again."""


def run(*argv, seconds=40):
    if argv[0] == "exec":
        argv = ("exec", canon(argv[1])) + argv[2:]
    try:
        p = subprocess.run([LAB, *argv], capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise Unsettled("no answer in %d s: %s" % (seconds, " ".join(argv)))
    return p.returncode, p.stdout, p.stderr


def ask(host, command, good=(0,)):
    code, out, err = run("exec", host, "sh", "-c", command)
    if code not in good:
        raise Unsettled("%s: %s: exit %d %s" % (host, command, code, (err or out).strip()[-200:]))
    return out


def xml(text):
    try:
        return ET.fromstring(text)
    except ET.ParseError as e:
        raise Unsettled("not XML: %s: %s" % (e, text[:100]))


def yes(word):
    return {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}.get((word or "").lower())


def seconds_of(text):
    """2026-11-22 15:23:49Z, 2026-11-22T15:23:49.000Z, Sun Nov 22 15:22:39 2026: whole seconds since 1970."""
    for form in ("%Y-%m-%d %H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%a %b %d %H:%M:%S %Y"):
        try:
            return int(datetime.strptime(text, form).replace(tzinfo=timezone.utc).timestamp())
        except (ValueError, TypeError):
            pass
    return text


CALLED = {}  # a host's name in gluster: its own


class Hosts(dict):
    def __missing__(self, name):
        return self[CALLED[name]]


def canon(name):
    return CALLED.get(name, name)


def lab_hosts():
    hosts = Hosts()
    for line in run("hosts")[1].splitlines():
        name, address, roles, *store = line.split()
        hosts[name] = {"address": address, "roles": roles.split(","), "aliases": store}
        CALLED.update({s: name for s in store})
    for line in run("status")[1].splitlines()[1:]:
        word = line.split()
        hosts[word[0]]["power"] = word[1]
        hosts[word[0]]["cable"] = word[2]
        hosts[word[0]]["up"] = word[1] == "on" and word[2] == "plugged"
    return hosts


def corosync(host):
    tool = ask(host, "corosync-quorumtool -s", good=(0, 2))
    said = {k.strip(): v.strip() for k, v in re.findall(r"^([A-Z][A-Za-z ]+):[ \t]+(.*)$", tool, re.M)}
    flags = said.get("Flags", "").split()
    keys = dict(re.findall(r"^(\S+) \(\w+\) = (.*)$", ask(host, "corosync-cmapctl; corosync-cmapctl -m stats stats.knet."), re.M))
    nodes = {}
    for position in {k.split(".")[2] for k in keys if re.match(r"nodelist\.node\.\d+\.", k)}:
        node = "nodelist.node.%s." % position
        number = keys[node + "nodeid"]
        nodes[keys.get(node + "name", keys[node + "ring0_addr"])] = {
            "id": number,
            "membership": "member" if keys.get("runtime.members.%s.status" % number) == "joined" else "left",
            "local": keys.get("nodelist.local_node_pos") == position,
            "links": {k.split(".")[3][4:]: v == "1" for k, v in keys.items() if re.match(r"stats\.knet\.node%s\.link\d+\.connected$" % number, k)},
        }
    cluster = {
        "name": keys.get("totem.cluster_name"),
        "quorate": said.get("Quorate") == "Yes",
        "votes": int(said["Total votes"].split()[0]),
        "expected_votes": int(said["Expected votes"].split()[0]),
        "quorum": int(said["Quorum"].split()[0]),
        "two_node": "2Node" in flags,
        "wait_for_all": "WaitForAll" in flags,
        "last_man_standing": "LastManStanding" in flags,
        "auto_tie_breaker": "AutoTieBreaker" in flags,
        "qdevice": "Qdevice" in flags,
    }
    return cluster, nodes


def node_state(n):
    for name, state in (("unclean", "unclean"), ("pending", "pending")):
        if yes(n.get(name)):
            return state
    if not yes(n.get("online")):
        return "offline"
    if yes(n.get("maintenance")):
        return "maintenance"
    return "standby" if yes(n.get("standby")) or yes(n.get("standby_onfail")) else "online"


def resources_in(element, parent, out):
    for child in element:
        if child.tag == "resource":
            name, _, instance = child.get("id").partition(":")
            out.append({
                "id": name, "instance": instance or None, "parent": parent, "agent": child.get("resource_agent").replace("ocf::", "ocf:"),
                "role": {"master": "promoted", "slave": "unpromoted"}.get(child.get("role").lower(), child.get("role").lower()),
                "pending": child.get("pending"), "hosts": sorted(n.get("name") for n in child.findall("node")),
                "managed": yes(child.get("managed")), "failed": yes(child.get("failed")), "blocked": yes(child.get("blocked")),
                "orphaned": yes(child.get("orphaned")), "fail_count": {}})
        elif child.tag in ("group", "clone", "bundle", "replica"):
            resources_in(child, child.get("id") if child.tag != "replica" else parent, out)
    return out


def pacemaker(host):
    m = xml(ask(host, "crm_mon --output-as=xml -1 --inactive --fence-history=3"))
    if m.find("status").get("code") != "0" or m.find("nodes") is None:
        raise Unsettled("crm_mon: " + ET.tostring(m.find("status"), "unicode"))
    dc, options = m.find("summary/current_dc"), m.find("summary/cluster_options")
    resources = resources_in(m.find("resources"), None, [])
    for node in m.findall("node_history/node"):
        for history in node.findall("resource_history"):
            count = history.get("fail-count")
            for r in resources:
                if count and r["id"] == history.get("id").partition(":")[0]:
                    r["fail_count"][node.get("name")] = 1000000 if count == "INFINITY" else int(count)
    return {
        "dc": dc.get("name") if yes(dc.get("present")) else None, "version": dc.get("version"),
        "fencing": yes(options.get("stonith-enabled")), "maintenance": yes(options.get("maintenance-mode")), "no_quorum_policy": options.get("no-quorum-policy"),
        "nodes": {n.get("name"): {"state": node_state(n), "dc": yes(n.get("is_dc"))} for n in m.findall("nodes/node")},
        "resources": resources,
        "failures": [{"resource": re.sub(r"(:\d+)?_[a-z-]+_\d+$", "", f.get("op_key") or f.get("id")), "host": f.get("node"), "task": f.get("task"),
                      "reason": f.get("exitreason") or f.get("exitstatus"), "at": seconds_of(f.get("last-rc-change"))} for f in m.findall("failures/failure")],
        "fencing_history": [{"target": e.get("target"), "action": e.get("action"), "result": e.get("status"), "at": seconds_of(e.get("completed"))} for e in m.findall("fence_history/fence_event")],
    }


def cib(host):
    c = xml(ask(host, "cibadmin -Q"))
    constraints = []
    for e in c.find("configuration/constraints"):
        kind = {"rsc_location": "location", "rsc_order": "order", "rsc_colocation": "colocation", "rsc_ticket": "ticket"}[e.tag]
        constraints.append({
            "id": e.get("id"), "kind": kind, "resource": e.get("rsc") or e.get("first"), "with": e.get("with-rsc") or e.get("then"),
            "host": e.get("node"), "score": e.get("score"), "from_move": e.get("id").startswith("cli-")})
    managed, disabled = {}, set()
    for p in c.iter("primitive"):
        for v in p.iter("nvpair"):
            if p.get("type") == "VirtualDomain" and v.get("name") == "config":
                managed[v.get("value")] = p.get("id")
            if v.get("name") == "target-role" and v.get("value").lower() == "stopped":
                disabled.add(p.get("id"))
    return constraints, managed, disabled


def age_of(host, pid):
    """Seconds since a process started."""
    said = run("exec", host, "ps", "-o", "etimes=", "-p", pid)[1].strip()
    return int(said) if said.isdigit() else None


def brick_process(host, path):
    """The pid of the process that serves a brick, by that host's own list of processes."""
    return next(iter(run("exec", host, "pgrep", "-f", "^/usr/sbin/glusterfsd .*--brick-name %s " % path)[1].split()), None)


def gluster(host, hosts):
    def cli(words):
        said = xml(ask(host, "gluster --mode=script --timeout=20 --xml " + words))
        if said.findtext("opRet") != "0":
            raise Unsettled("gluster %s: %s" % (words, said.findtext("opErrstr")))
        return said
    peers = {}
    for p in cli("pool list").findall("peerStatus/peer"):
        name = host if p.findtext("hostname") == "localhost" else p.findtext("hostname")
        peers[canon(name)] = p.findtext("connected") == "1"
    # Gluster believes a host that lost its power connected, for minutes. To ask for the status then would hang, and keep the
    # volume's lock from everybody for three more: only what needs no lock is asked, and the hosts for their processes.
    hangs = any(connected and not hosts[name]["up"] for name, connected in peers.items())
    status = {}
    for v in [] if hangs else cli("volume status all detail").findall("volStatus/volumes/volume"):
        for n in v.findall("node"):
            status[(v.findtext("volName"), n.findtext("hostname"), n.findtext("path"))] = n
    volumes = []
    for v in cli("volume info").findall("volInfo/volumes/volume"):
        name, number = v.findtext("name"), lambda tag, v=v: int(v.findtext(tag) or 0)
        in_set = number("disperseCount") or number("replicaCount") or 1
        volume = {
            "name": name, "status": v.findtext("statusStr").lower(), "replica": number("replicaCount"), "arbiter": number("arbiterCount"),
            "disperse": number("disperseCount"), "redundancy": number("redundancyCount"),
            "options": {o.findtext("name"): o.findtext("value") for o in v.findall("options/option")}, "bricks": []}
        words = v.findtext("typeStr").lower()
        volume["type"] = words.replace("replicate", "arbiter") if volume["arbiter"] else words
        volume["type"] = volume["type"].replace("distributed-arbiter", "distributed-arbiter")
        volume["sharded"] = yes(volume["options"].get("features.shard")) or False
        for i, b in enumerate(v.findall("bricks/brick")):
            at, path = b.findtext("name").split(":", 1)
            s = status.get((name, at, path))
            up = s is not None and s.findtext("status") == "1"
            pid = s.findtext("pid") if up else brick_process(at, path) if hangs and hosts[at]["up"] else None
            volume["bricks"].append({
                "host": at, "path": path, "set": i // in_set, "arbiter": b.findtext("isArbiter") == "1", "online": pid is not None, "listed": s is not None,
                "pid": int(pid) if pid else None, "port": int(s.findtext("port")) if up else None, "age": age_of(at, pid) if pid else None, "heal_pending": None,
                "size": int(s.findtext("sizeTotal")) if s is not None else None, "free": int(s.findtext("sizeFree")) if s is not None else None})
        volumes.append(volume)
        volume["split_brain"] = None
        if volume["status"] != "started" or in_set == 1 or hangs:
            continue
        heal, at = {}, None
        for line in ask(host, "gluster --mode=script --timeout=20 volume heal %s statistics heal-count" % name).splitlines():
            if line.startswith("Brick "):
                at = line[6:].strip()
            elif line.startswith("Number of entries:"):
                heal[at] = int(line.split(":")[1])
        for b in volume["bricks"]:
            b["heal_pending"] = heal.get("%s:%s" % (b["host"], b["path"]))
        split = {}
        for b in cli("volume heal %s info split-brain" % name).findall("healInfo/bricks/brick"):
            text = b.findtext("numberOfEntries") or "-"
            split[b.findtext("name")] = int(text) if text.isdigit() else None
        counts = [n for n in split.values() if n is not None]
        volume["split_brain"] = max(counts) if counts else None
    return peers, volumes


PART = "=-=-= "


def libvirt(host):
    """All of one host's libvirt, and what lies beside it: mounts, and the bricks its domains' disks are on."""
    script = r"""
part() { echo "=-=-= $*"; }
part nodeinfo; virsh nodeinfo || exit 9
part memory; virsh nodememstats
part mounts; awk '$3 == "fuse.glusterfs" {print $1, $2}' /proc/mounts
part stat; head -1 /proc/stat
for d in $(virsh list --all --uuid); do
  part domain $d; virsh dominfo $d; part state $d; virsh domstate --reason $d; part disks $d; virsh domblklist $d; part rss $d; virsh dommemstat $d
  part xml $d; virsh dumpxml $d
  virsh domblklist $d | awk 'NR > 2 && NF == 2 && $2 ~ /^\// {print $2}' | while read -r f; do
    part pathinfo $f; getfattr --absolute-names -n trusted.glusterfs.pathinfo --only-values $f 2>/dev/null; echo
  done
done
for m in $(awk '$3 == "fuse.glusterfs" {print $2}' /proc/mounts); do part room $m; timeout 10 stat -f -c '%S %b %a' $m; done
part end
"""
    out, parts = ask(host, script), {}
    for chunk in out.split(PART)[1:]:
        title, _, body = chunk.partition("\n")
        parts[title.strip()] = body

    def pairs(text):
        return {k.strip(): v.strip() for k, v in re.findall(r"^([A-Za-z()/ ]+?) *: +(.*)$", text, re.M)}
    node, memory = pairs(parts["nodeinfo"]), pairs(parts["memory"])
    kib = lambda text: int(text.split()[0]) * 1024
    result = {"cpus": int(node["CPU(s)"]), "memory": kib(node["Memory size"]), "domains": {}, "pathinfo": {},
              "memory_used": kib(memory["total"]) - kib(memory["free"]) - kib(memory["buffers"]) - kib(memory["cached"]),
              "mounts": {w.split()[1]: w.split()[0].rpartition(":")[2].lstrip("/") for w in parts["mounts"].splitlines()},
              "stat": [int(w) for w in parts["stat"].split()[1:]], "at": time.time(), "room": {}}
    for title, body in parts.items():
        kind, _, key = title.partition(" ")
        if kind == "pathinfo":
            result["pathinfo"][key] = sorted("%s:%s" % (canon(h), b) for b, h in re.findall(r"<POSIX\(([^)]*)\):([^:>]+):", body))
        elif kind == "room" and len(body.split()) == 3:
            block, total, free = (int(w) for w in body.split())
            result["room"][result["mounts"][key]] = (block * total, block * free)
        elif kind == "domain":
            info = pairs(body)
            word = re.match(r"(.*?)(?: \((.*)\))?\s*$", parts["state " + key].strip())
            form = ET.fromstring(parts["xml " + key])
            rss = re.search(r"^rss (\d+)", parts["rss " + key], re.M)
            result["domains"][info["UUID"]] = {
                "name": info["Name"], "active": info["Id"] != "-", "state": word.group(1).replace("shut off", "shutoff"), "reason": word.group(2),
                "vcpus": int(info["CPU(s)"]), "memory": kib(info["Max memory"]), "persistent": yes(info["Persistent"]),
                "autostart": info["Autostart"] == "enable", "rss": int(rss.group(1)) * 1024 if rss else None,
                "cpu_time": float(info["CPU time"].rstrip("s")) if "CPU time" in info else None,
                "disks": [(w[0], None if w[1] == "-" else w[1]) for w in (line.split(None, 1) for line in parts["disks " + key].splitlines()[2:]) if len(w) == 2],
                "disks_by_xml": [d.find("target").get("dev") for d in form.findall("devices/disk")]}
    return result


def on_bricks(volume, path, hosts):
    """Which bricks really hold a file: asked of each brick's own folder. A pointer of the hash (mode T, empty) is no copy."""
    found = []
    for b in volume["bricks"]:
        if not hosts[b["host"]]["up"]:
            continue
        said = run("exec", b["host"], "stat", "-c", "%a %s", b["path"] + path)
        if said[0] == 0 and not said[1].startswith("1000 "):
            found.append("%s:%s" % (b["host"], b["path"]))
    return sorted(found)


def truth(console):
    hosts = lab_hosts()
    kvm = [h for h, v in hosts.items() if "kvm" in v["roles"]]
    store = [h for h, v in hosts.items() if "store" in v["roles"]]
    asked = console if console in store else next(h for h in store if hosts[h]["up"])
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        parts = {"corosync": pool.submit(corosync, console), "pacemaker": pool.submit(pacemaker, console), "cib": pool.submit(cib, console), "gluster": pool.submit(gluster, asked, hosts)}
        parts.update({h: pool.submit(libvirt, h) for h in kvm if hosts[h]["up"]})
        said = {name: future.result() for name, future in parts.items()}
    t = {"hosts": hosts, "cluster": said["corosync"][0], "nodes": said["corosync"][1], "pacemaker": said["pacemaker"], "constraints": said["cib"][0],
         "managed": said["cib"][1], "disabled": said["cib"][2], "peers": said["gluster"][0], "volumes": said["gluster"][1], "libvirt": {h: said[h] for h in kvm if h in said}}
    t["domain_of"] = {}
    for path, resource in t["managed"].items():
        t["domain_of"][resource] = ET.fromstring(ask(console, "cat " + path)).findtext("name")
    return t


def still(t):
    """What must be the same before and after the console's reading, for it to count: all but what always moves."""
    moving = {"memory_used", "stat", "at", "cpu_time", "rss", "room", "free", "age", "memory"}

    def strip(v):
        if isinstance(v, dict):
            return {k: strip(x) for k, x in v.items() if k not in moving}
        return [strip(x) for x in v] if isinstance(v, list) else v
    return strip(t)
