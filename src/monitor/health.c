// The timer of health checks: the command that we were given, when the container starts and then each time so long after the last one has
// ended. How long stands in a file of the run folder, which is read again after each: whoever changes it need not reach us.

#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { RETRY_MS = 10000 };

static pid_t probe_pid;
static int64_t due = NEVER;
static bool is_due_after;

/** Milliseconds from the end of one check to the next; 0 for none. */
static int64_t read_interval(void)
{
    char text[32] = "";
    if (settings.health_command.count == 0) return 0;
    int fd = open("health", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    int64_t interval = size > 0 ? strtoll(text, NULL, 10) : 0;
    return interval > 0 ? earlier(interval, NEVER / 2) : 0;
}

static void be_probe(void)
{
    close_range(3, ~0U, 0);
    reset_process();
    become(settings.health_command.items);
    _exit(127);
}

void health_renew(void)
{
    if (probe_pid > 0) is_due_after = true;
    else due = read_interval() > 0 ? now_ms() : NEVER;
}

bool health_reap(pid_t pid)
{
    if (probe_pid <= 0 || pid != probe_pid) return false;
    probe_pid = 0;
    int64_t interval = read_interval();
    due = interval == 0 ? NEVER : is_due_after ? now_ms() : now_ms() + interval;
    is_due_after = false;
    return true;
}

int64_t health_check(void)
{
    if (due > now_ms()) return due;
    pid_t pid = fork();
    if (pid == 0) be_probe();
    probe_pid = pid > 0 ? pid : 0;
    due = pid > 0 ? NEVER : now_ms() + RETRY_MS;
    return due;
}
