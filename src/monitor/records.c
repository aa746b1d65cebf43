// The files of the run folder, which is the working directory: the lock that says "alive", and the records of start and end.
// Nothing here is synced: another boot id makes these records void, so that a power cut cannot tear what anybody believes.

#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RESERVED_BYTES = 4096 };

static int lock_fd = -1, exit_fd = -1;

bool lock_take(void)
{
    for (;;) {
        int fd = open("monitor.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0) return false;
        while (flock(fd, LOCK_EX) < 0)
            if (errno != EINTR) return false;
        struct stat ours, current;
        bool is_current = fstat(fd, &ours) == 0 && stat("monitor.lock", &current) == 0 && ours.st_ino == current.st_ino;
        if (is_current) {
            lock_fd = fd;
            return true;
        }
        close(fd);
    }
}

void lock_release(void)
{
    close(lock_fd);
}

bool exit_record_reserve(void)
{
    exit_fd = open("exit.json.tmp", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (exit_fd < 0) return false;
    // No posix_fallocate: where the file system cannot reserve, glibc would write the zeros itself.
    return fallocate(exit_fd, 0, 0, RESERVED_BYTES) == 0 || errno == EOPNOTSUPP;
}

static int64_t start_time_of(pid_t pid)
{
    char path[32], stat[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t size = read(fd, stat, sizeof stat - 1);
    close(fd);
    if (size <= 0) return 0;
    stat[size] = '\0';
    // The second field is the program's name in parentheses, and may hold any character.
    char *at = strrchr(stat, ')');
    for (int field = 2; at != NULL && field < 22; field++) at = strchr(at + 1, ' ');
    return at == NULL ? 0 : strtoll(at, NULL, 10);
}

bool started_record_write(pid_t pid)
{
    char now[TIME_LENGTH + 1], text[256];
    format_now(now);
    int size = snprintf(text, sizeof text,
                        "{\"schema\":1,\"pid\":%d,\"pidStart\":%" PRId64 ",\"monitorPid\":%d,\"startedAt\":\"%s\"}\n", (int)pid,
                        start_time_of(pid), (int)getpid(), now);
    int fd = open("started.json.tmp", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    bool is_written = write_all(fd, text, (size_t)size);
    close(fd);
    return is_written && rename("started.json.tmp", "started.json") == 0;
}

const char *exit_record_write(const struct ending *ending)
{
    static char text[256];
    char now[TIME_LENGTH + 1];
    format_now(now);
    int size = snprintf(text, sizeof text,
                        "{\"schema\":1,\"exitCode\":%d,\"signal\":%d,\"isOomKilled\":%s,\"finishedAt\":\"%s\",\"isTimedOut\":%s}\n",
                        ending->exit_code, ending->signal, ending->is_oom_killed ? "true" : "false", now,
                        ending->is_timed_out ? "true" : "false");
    bool is_written = write_all(exit_fd, text, (size_t)size) && ftruncate(exit_fd, size) == 0;
    if (is_written) rename("exit.json.tmp", "exit.json");
    close(exit_fd);
    return text;
}

void run_folder_clear(void)
{
    if (lock_fd < 0) return;
    // ".pid" is the temporary of a runc that was killed while it wrote the pid file.
    static const char *const names[] = {"attach", "pid", ".pid", "console", "started.json", "started.json.tmp", "exit.json.tmp", "health", NOTIFY_PATH, READY_PATH};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) unlink(names[i]);
}
