/*
 * The guest's only program. Ten times a second it writes a counter to its disk, past every cache, and says it on its console.
 * Outages, stalls, restarts and double writers of a domain are read off there.
 * Where on the disk it counts, the kernel's command line says ("sector=N", 0 without it): one that boots from its disk must not
 * write over what it boots by.
 * With "power" there it also does what a system does when its power button is pressed; without it nothing stops it but its end.
 * In C and alone, since forking a shell's helpers ten times a second costs two thirds of a core under emulation.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECTOR 512

static void load(const char *module)
{
	int fd = open(module, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	syscall(SYS_finit_module, fd, "", 0);
	close(fd);
}

static void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static int open_disk(void)
{
	int fd;

	for (;;) {
		fd = open("/dev/vda", O_WRONLY | O_DIRECT | O_CLOEXEC);
		if (fd >= 0)
			return fd;
		pause_ms(50);
	}
}

static int open_button(void)
{
	char path[] = "/dev/input/event0", name[32];
	int fd;

	for (; path[sizeof(path) - 2] <= '9'; path[sizeof(path) - 2]++) {
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0 && ioctl(fd, EVIOCGNAME(sizeof(name)), name) >= 0 && !strcmp(name, "Power Button"))
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return -1;
}

static void look_at_button(int fd)
{
	struct input_event event;

	while (read(fd, &event, sizeof(event)) == sizeof(event))
		if (event.type == EV_KEY && event.code == KEY_POWER && event.value) {
			sync();
			reboot(RB_POWER_OFF);
		}
}

int main(void)
{
	static const char *const modules[] = { "/virtio_ring.ko", "/virtio.ko", "/virtio_pci_legacy_dev.ko",
		"/virtio_pci_modern_dev.ko", "/virtio_pci.ko", "/virtio_blk.ko", "/button.ko", "/evdev.ko" };
	static char sector[SECTOR] __attribute__((aligned(4096)));
	unsigned long count = 0;
	char line[64];
	const char *at = getenv("sector"); /* the kernel hands on what it does not know */
	off_t place = (off_t)(at ? strtoul(at, NULL, 10) : 0) * SECTOR;
	int disk, n, button;

	mkdir("/dev", 0755);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	for (size_t i = 0; i < sizeof(modules) / sizeof(*modules); i++)
		load(modules[i]);
	disk = open_disk();
	button = getenv("power") ? open_button() : -1;
	for (;;) {
		memset(sector, ' ', SECTOR);
		n = snprintf(sector, SECTOR, "%lu", ++count);
		sector[n] = ' ';
		sector[SECTOR - 1] = '\n';
		n = pwrite(disk, sector, SECTOR, place) == SECTOR ? snprintf(line, sizeof(line), "tick %lu\n", count)
							      : snprintf(line, sizeof(line), "stuck %lu %s\n", count, strerror(errno));
		if (write(STDOUT_FILENO, line, (size_t)n) < 0) /* nobody to tell */
			pause_ms(1);
		look_at_button(button);
		pause_ms(100);
	}
}
