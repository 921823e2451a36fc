/*
 * delay PORT TAP MS LOSS: a slow cable for kernels without netem. Carries frames between PORT (this machine's end of a host's
 * cable) and TAP (a new interface, to be put on the bridge in its place), each way MS milliseconds later, LOSS percent never.
 * Segmentation and checksum offloads pass through as virtio headers.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAME_MAX (65536 + 256)
#define QUEUE_MAX 20000

struct frame {
	struct frame *next;
	int64_t due;
	int to;
	size_t size;
	char data[];
};

static struct frame *first, **last = &first;
static unsigned queued;

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int open_port(const char *name)
{
	struct sockaddr_ll a = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex(name) };
	struct packet_mreq m = { .mr_ifindex = a.sll_ifindex, .mr_type = PACKET_MR_PROMISC };
	int one = 1, fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));

	if (fd < 0 || !a.sll_ifindex || setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&a, sizeof(a)) || setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &m, sizeof(m)))
		die(name);
	return fd;
}

static int open_tap(const char *name)
{
	struct ifreq r = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &r))
		die(name);
	return fd;
}

static ssize_t receive(int fd, int port, char *buffer)
{
	struct sockaddr_ll a;
	socklen_t n = sizeof(a);
	ssize_t size;

	if (fd != port)
		return read(fd, buffer, FRAME_MAX);
	size = recvfrom(fd, buffer, FRAME_MAX, 0, (struct sockaddr *)&a, &n);
	return size > 0 && a.sll_pkttype == PACKET_OUTGOING ? 0 : size; /* our own frames come back to us */
}

/* True while there may be more. */
static int take(int from, int to, int port, int64_t delay, double loss)
{
	static char buffer[FRAME_MAX];
	ssize_t size = receive(from, port, buffer);
	struct frame *f;

	if (size < 0)
		return errno == EINTR || errno == ENETDOWN;
	if (size == 0 || queued >= QUEUE_MAX || drand48() * 100 < loss)
		return 1;
	f = malloc(sizeof(*f) + (size_t)size);
	if (!f)
		die("malloc");
	*f = (struct frame){ .due = now_ns() + delay, .to = to, .size = (size_t)size };
	memcpy(f->data, buffer, (size_t)size);
	*last = f;
	last = &f->next;
	queued++;
	return 1;
}

static void send_due(void)
{
	while (first && first->due <= now_ns()) {
		struct frame *f = first;

		first = f->next;
		if (!first)
			last = &first;
		queued--;
		if (write(f->to, f->data, f->size) < 0 && errno == EBADFD)
			die("write"); /* else: lost, as on any cable */
		free(f);
	}
}

int main(int argc, char **argv)
{
	int64_t delay;
	int port, tap;

	if (argc != 5)
		return 2;
	delay = (int64_t)(atof(argv[3]) * 1e6);
	srand48(now_ns());
	port = open_port(argv[1]);
	tap = open_tap(argv[2]);
	for (;;) {
		struct pollfd p[] = { { port, POLLIN, 0 }, { tap, POLLIN, 0 } };
		int64_t left = first ? first->due - now_ns() : 0;
		struct timespec t = { left > 0 ? left / 1000000000 : 0, left > 0 ? left % 1000000000 : 0 };

		ppoll(p, 2, first ? &t : NULL, NULL);
		if (p[0].revents)
			for (int i = 0; i < 64 && take(port, tap, port, delay, atof(argv[4])); i++)
				;
		if (p[1].revents)
			for (int i = 0; i < 64 && take(tap, port, port, delay, atof(argv[4])); i++)
				;
		send_due();
	}
}
