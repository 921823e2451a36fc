#!/usr/bin/env python3
"""A gluster daemon that only answers: a pool of hosts, one volume of two bricks. For tests of who asks what, on a machine
without gluster:  glusterd.py SELF LOG POKE HOST HOST...   (addresses). Each call that would take the volume's lock is a line
in LOG. While the file POKE is there, whoever asks is told that a volume was changed, as glusterd does."""
import os, selectors, socket, struct, sys, time

me, log, poke, hosts = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
uuid = lambda host: "00000000-0000-4000-8000-%012d" % int(host.split(".")[-1])
volume_id = "a82bde99-b47f-4653-a811-126fcf470cca"


def dictionary(**pairs):
    pairs = {k.replace("__", "."): str(v) for k, v in pairs.items()}
    out = struct.pack(">I", len(pairs))
    for k, v in pairs.items():
        out += struct.pack(">II", len(k), len(v) + 1) + k.encode() + b"\0" + v.encode() + b"\0"
    return out


opaque = lambda data: struct.pack(">I", len(data)) + data + b"\0" * (-len(data) % 4)
answer = lambda d: struct.pack(">iii", 0, 0, 0) + opaque(d)


def friends():
    d, n = {}, 0
    for host in [h for h in hosts if h != me] + [me]:
        n += 1
        d["friend%d.uuid" % n] = uuid(host)
        d["friend%d.hostname" % n] = "localhost" if host == me else host
        d["friend%d.state" % n] = "Peer in Cluster"
        d["friend%d.stateId" % n] = 3
        d["friend%d.connected" % n] = 1
    return struct.pack(">ii", 0, 0) + opaque(dictionary(count=n, **d))


def volume():
    d = {"volume0.name": "models", "volume0.type": 2, "volume0.status": 1, "volume0.volume_id": volume_id, "volume0.brick_count": len(hosts),
         "volume0.replica_count": len(hosts), "volume0.rebalance": 0}
    for i, host in enumerate(hosts, 1):
        d["volume0.brick%d" % i] = host + ":/data"
        d["volume0.brick%d.uuid" % i] = uuid(host)
    return answer(dictionary(count=1, **d))


def status():
    d = {"brick-index-max": len(hosts) - 1}
    for i, host in enumerate(hosts):
        d.update({"brick%d.%s" % (i, k): v for k, v in dict(hostname=host, path="/data", status=1, pid=7, port=49152, total=1000, free=900).items()})
    return answer(dictionary(count=len(hosts), **d))


def heal():
    d = {}
    for i, host in enumerate(hosts):
        d.update({"%d-hostname" % i: host, "%d-path" % i: "/data", "%d-hardlinks" % i: 0})
    return answer(dictionary(count=len(hosts), **d))


def note(what):
    with open(log, "a") as f:
        f.write("%.3f %s %s\n" % (time.time(), me, what))


def reply(program, procedure, local):
    if program == 1238463:
        if procedure == 27:
            note("status")
        if procedure == 31:
            if not local:
                return None
            note("heal")
        return {3: friends, 5: volume, 27: status, 31: heal, 33: lambda: answer(dictionary(count=1, volume0="models"))}.get(procedure, lambda: None)()
    if program == 34123456:
        return struct.pack(">iiii", 0, 0, 0, 49152)
    return struct.pack(">I", 0)


class Connection:
    def __init__(self, sock, local):
        self.sock, self.local, self.data = sock, local, b""

    def send(self, record):
        try:
            self.sock.sendall(struct.pack(">I", 0x80000000 | len(record)) + record)
        except OSError:
            pass

    def read(self):
        try:
            more = self.sock.recv(65536)
        except OSError:
            more = b""
        if not more:
            poll.unregister(self.sock)
            self.sock.close()
            return
        self.data += more
        while len(self.data) >= 4 and len(self.data) >= 4 + (struct.unpack(">I", self.data[:4])[0] & 0x7fffffff):
            length = struct.unpack(">I", self.data[:4])[0] & 0x7fffffff
            xid, kind, _, program, _, procedure = struct.unpack(">6I", self.data[4:28])
            self.data = self.data[4 + length:]
            body = reply(program, procedure, self.local)
            if os.path.exists(poke):
                self.send(struct.pack(">10I", 1, 0, 2, 52743234, 1, 1, 0, 0, 0, 0))
            self.send(struct.pack(">6I", xid, 1, 0, 0, 0, 0 if body is not None else 3) + (body or b""))


def listen(family, where):
    s = socket.socket(family, socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(where)
    s.listen(64)
    poll.register(s, selectors.EVENT_READ, None)


poll = selectors.DefaultSelector()
if os.path.exists("/run/glusterd.socket"):
    os.unlink("/run/glusterd.socket")
listen(socket.AF_INET, ("0.0.0.0", 24007))
listen(socket.AF_INET, ("0.0.0.0", 49152))
listen(socket.AF_UNIX, "/run/glusterd.socket")
while True:
    for key, _ in poll.select():
        if key.data:
            key.data.read()
            continue
        sock, _ = key.fileobj.accept()
        poll.register(sock, selectors.EVENT_READ, Connection(sock, key.fileobj.family == socket.AF_UNIX))
