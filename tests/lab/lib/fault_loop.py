"""What strace saw of the console's one thread: which calls took long. poll is where it may wait; nothing else may.

strace stops the process at each call, so on a busy machine any call may look long though the process only waited for a
CPU. Such noise hits calls that cannot wait as well as others: it is told from a wait by the kind of call and by the file
it was made on (memory; O_NONBLOCK, as its fdinfo says, written down by the watcher; what poll has just said is there),
and reported beside it."""
import re

LIMIT_S = 0.020
WAITS = {"poll", "ppoll", "epoll_wait", "epoll_pwait", "restart_syscall"}
CANNOT_BLOCK = {"lseek", "rt_sigaction", "rt_sigprocmask", "getpid", "fcntl", "brk", "mmap", "munmap", "madvise", "ioctl", "ftruncate", "pread64",
                "close", "timerfd_settime", "uname", "getrandom", "clock_gettime", "prctl", "setpgid", "read of a file in memory", "write of a file in memory", "dup", "dup2", "pipe2", "kill"}
FILE_ONLY = {"pread64", "pwrite64", "lseek", "ftruncate"}  # what they are used on is memory or a file, never a terminal or a pipe
IO = {"read", "write", "recvfrom", "recvmsg", "sendto", "sendmsg", "accept4", "readv", "writev"}
READY = re.compile(r"fd=(\d+), revents=")
BEGIN_S, ABSENT_S = 3, 10  # before its first frame it has no loop; after such a gap it is another console
PATHS, PSEUDO = {"openat", "readlink", "newfstatat"}, re.compile(r'"/(dev/null|proc/|sys/)|AT_EMPTY_PATH')
NOISE = (" of no file on a disk", " without blocking", " of what poll said is there", " at the start")
CALL = re.compile(r"^\d+\.\d+ (\w+)\((.*)<(\d+\.\d+)>$")


def summary(path, nonblocking=()):
    """{call: [count, how many above the limit, the longest, its line]}"""
    found, last = {}, 0
    try:
        lines = open(path, errors="replace").read().splitlines()
    except OSError:
        return found
    started, ready = None, set()  # ready: what poll has just said can be read
    files = {m.group(2).split(",")[0] for m in map(CALL.match, lines) if m and m.group(1) in FILE_ONLY}
    for line in lines:
        m = CALL.match(line.strip())
        if not m:
            continue
        s, at = float(m.group(3)), float(line.split()[0])
        if started is None or at - started > ABSENT_S and at - last > ABSENT_S:
            started = at
        last = at
        if m.group(1) in WAITS:
            ready = {int(fd) for fd in READY.findall(line)}
        name = m.group(1)
        if name in ("read", "write") and m.group(2).split(",")[0] in files:
            name += " of a file in memory"
        elif name in IO and m.group(2).split(",")[0].isdigit() and int(m.group(2).split(",")[0]) in nonblocking:
            name += " without blocking"
        elif name in IO and m.group(2).split(",")[0].isdigit() and int(m.group(2).split(",")[0]) in ready:
            name += " of what poll said is there"
            ready.discard(int(m.group(2).split(",")[0]))
        if name == "wait4" and "WNOHANG" in m.group(2):
            name += " without blocking"
        if name in PATHS and PSEUDO.search(m.group(2)):
            name += " of no file on a disk"
        if at - started < BEGIN_S and name not in WAITS:
            name += " at the start"
        row = found.setdefault(name, [0, 0, 0.0, ""])
        row[0] += 1
        row[1] += s > LIMIT_S
        if s > row[2]:
            row[2], row[3] = s, line.strip()[:160]
    return found


def verdict(found):
    lines, waits = [], 0
    total = sum(r[0] for r in found.values())
    lines.append("%d calls; longest but poll: %s" % (total, max(((r[2] * 1000, c) for c, r in found.items() if c not in WAITS), default=(0, "-"))))
    for call, (count, over, longest, line) in sorted(found.items()):
        if call in WAITS or not over:
            continue
        noise = call in CANNOT_BLOCK or call.endswith(NOISE)
        if not noise:
            waits += over
        lines.append("%s: %d of %d above 20 ms, longest %.1f ms%s: %s" % (call, over, count, longest * 1000, " (cannot wait: the machine was busy)" if noise else "", line))
    return waits == 0, lines
