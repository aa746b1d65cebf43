// Out-of-memory kills, as the kernel counts them in a file of the container's control group. systemd takes that group away as soon as it
// is empty, so on cgroup v2, where the kernel tells of changes, the file is read then already.

#include "monitor.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct counts {
    /** Kills; and on v2 how often there was nothing to be had, which comes just before. */
    int64_t kills, shortages;
};

static struct counts before, latest;

static void on_change(struct source *source, uint32_t events);

static struct source changes = {.fd = -1, .ready = on_change};

static int64_t count_of(const char *text, const char *line)
{
    const char *at = strstr(text, line);
    return at == NULL ? 0 : strtoll(at + strlen(line), NULL, 10);
}

/** False when the group is gone. */
static bool read_counts(int fd, struct counts *counts)
{
    char text[1024] = "\n";
    ssize_t size = pread(fd, text + 1, sizeof text - 2, 0);
    if (size <= 0) return false;
    text[size + 1] = '\0';
    *counts = (struct counts){.kills = count_of(text, "\noom_kill "), .shortages = count_of(text, "\noom ")};
    return true;
}

static int open_counts(void)
{
    return settings.oom_file == NULL ? -1 : open(settings.oom_file, O_RDONLY | O_CLOEXEC);
}

/** By name: the group of the last run and that of this one have the same. */
static bool read_named(struct counts *counts)
{
    int fd = open_counts();
    if (fd < 0) return false;
    bool is_read = read_counts(fd, counts);
    close(fd);
    return is_read;
}

static void on_change(struct source *source, uint32_t events)
{
    (void)events;
    if (!read_counts(source->fd, &latest)) close_source(source);
}

void oom_begin(void)
{
    read_named(&before);
    latest = before;
}

void oom_watch(void)
{
    changes.fd = open_counts();
    if (changes.fd < 0) return;
    read_counts(changes.fd, &latest);
    watch(&changes, EPOLLPRI);
}

bool oom_has_killed(bool is_sigkilled)
{
    bool is_whole = read_named(&latest);
    close_source(&changes);
    if (latest.kills > before.kills) return true;
    // The last change may have come too late to be read.
    return !is_whole && is_sigkilled && latest.shortages > before.shortages;
}
