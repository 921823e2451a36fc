"""What strace saw of the console's one thread: which calls took long. poll is where it may wait; nothing else may.

strace stops the process at each call, so on a busy machine any call may look long though the process only waited for a
CPU. Such noise hits calls that cannot block as well as others (a few of those are made all the time): it is told from a
wait by the kind of call, and reported beside it."""
import re

LIMIT_S = 0.020
WAITS = {"poll", "ppoll", "epoll_wait", "epoll_pwait", "restart_syscall"}
CANNOT_BLOCK = {"lseek", "rt_sigaction", "rt_sigprocmask", "getpid", "fcntl", "brk", "mmap", "munmap", "madvise", "ioctl", "ftruncate", "pread64",
                "close", "timerfd_settime", "uname", "getrandom", "clock_gettime", "prctl", "dup", "dup2", "pipe2", "kill"}
CALL = re.compile(r"^\d+\.\d+ (\w+)\((.*)<(\d+\.\d+)>$")


def summary(path):
    """{call: [count, how many above the limit, the longest, its line]}"""
    found = {}
    try:
        lines = open(path, errors="replace")
    except OSError:
        return found
    for line in lines:
        m = CALL.match(line.strip())
        if not m:
            continue
        s = float(m.group(3))
        row = found.setdefault(m.group(1), [0, 0, 0.0, ""])
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
        if call not in CANNOT_BLOCK:
            waits += over
        lines.append("%s: %d of %d above 20 ms, longest %.1f ms%s: %s" % (call, over, count, longest * 1000, " (cannot block: the machine was busy)" if call in CANNOT_BLOCK else "", line))
    return waits == 0, lines
