// A log file of whole entries: batched writes, rotation between entries to PATH.1 (the newest) … PATH.<max files - 1>. A write that fails
// leaves no half entry behind.

#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int log_fd = -1;
static int64_t written;
static char batch[128 * 1024];
static size_t fill;

static bool open_file(int flags)
{
    log_fd = open(settings.log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | flags, 0600);
    struct stat status;
    written = log_fd >= 0 && fstat(log_fd, &status) == 0 ? status.st_size : 0;
    return log_fd >= 0;
}

const char *log_file_open(void)
{
    if (settings.log_path == NULL) return "log-path missing";
    return open_file(0) ? NULL : join(join("cannot open log file ", settings.log_path), join(": ", strerror(errno)));
}

static void rotate(void)
{
    size_t size = strlen(settings.log_path) + 24;
    char *older = grow(NULL, size), *newer = grow(NULL, size);
    // Renamed over, it would make ext4 write out all of what takes its place, at once.
    if (settings.log_max_files > 1) {
        snprintf(older, size, "%s.%lld", settings.log_path, (long long)settings.log_max_files - 1);
        unlink(older);
    }
    for (int64_t n = settings.log_max_files - 1; n >= 1; n--) {
        snprintf(older, size, "%s.%lld", settings.log_path, (long long)n);
        snprintf(newer, size, n == 1 ? "%s" : "%s.%lld", settings.log_path, (long long)(n - 1));
        rename(newer, older);
    }
    if (settings.log_max_files <= 1) unlink(settings.log_path);
    free(older);
    free(newer);
    close(log_fd);
    open_file(0);
}

void log_file_flush(void)
{
    size_t size = fill;
    fill = 0;
    // After a failed rotation there may be no file: try again.
    if (size == 0 || (log_fd < 0 && !open_file(0))) return;
    if (write_all(log_fd, batch, size)) {
        written += (int64_t)size;
    } else if (ftruncate(log_fd, written) < 0) {
        close(log_fd);
        log_fd = -1;
    }
}

char *log_file_room(size_t size)
{
    if (sizeof batch - fill < size) log_file_flush();
    return batch + fill;
}

void log_file_commit(size_t size)
{
    int64_t before = written + (int64_t)fill;
    bool is_over = settings.log_max_size > 0 && before > 0 && before + (int64_t)size > settings.log_max_size;
    if (is_over) {
        size_t entry = fill;
        log_file_flush();
        rotate();
        memmove(batch, batch + entry, size);
    }
    fill += size;
}

void log_file_close(void)
{
    log_file_flush();
    if (log_fd >= 0) close(log_fd);
    log_fd = -1;
}
