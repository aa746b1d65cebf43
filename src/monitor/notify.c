// systemd's readiness protocol, sd_notify(3): tells the service manager, where there is one, who watches over the container, and passes on
// what the container says of itself; that it is ready is marked in the run folder, too. What is to be told is a set, so that nobody who
// floods the socket makes us keep anything.

#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAIN_PID = 1, READY = 2, WATCHDOG = 4, MESSAGE_MAX = 4096, LAST_MESSAGES = 1024 };

static unsigned untold;

static void on_room(struct source *source, uint32_t events);
static void on_message(struct source *source, uint32_t events);

static struct source manager = {.fd = -1, .ready = on_room}, container = {.fd = -1, .ready = on_message};

/** An abstract name begins with an @ where its address has a NUL. */
static bool connect_manager(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(settings.notify_socket);
    if (length >= sizeof address.sun_path) return false;
    memcpy(address.sun_path, settings.notify_socket, length);
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
    manager.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (manager.fd < 0) return false;
    return connect(manager.fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) == 0;
}

/** Waits for room where there is none. Nobody hears of a manager that is not there: the container goes on. */
static void tell(void)
{
    char text[64] = "";
    int size = 0;
    if (untold & MAIN_PID) size += sprintf(text + size, "MAINPID=%d\n", (int)getpid());
    if (untold & READY) size += sprintf(text + size, "READY=1\n");
    if (untold & WATCHDOG) size += sprintf(text + size, "WATCHDOG=1\n");
    if (size == 0) return;
    if (settings.notify_socket == NULL) {
        untold = 0;
        return;
    }
    bool is_full = (manager.fd >= 0 || connect_manager()) && send(manager.fd, text, (size_t)size - 1, MSG_NOSIGNAL) < 0 && errno == EAGAIN;
    if (is_full) {
        watch(&manager, EPOLLOUT);
        return;
    }
    untold = 0;
    close_source(&manager);
}

static void on_room(struct source *source, uint32_t events)
{
    (void)source, (void)events;
    tell();
}

static void mark_ready(void)
{
    untold |= READY;
    int fd = open(READY_PATH, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) close(fd);
}

/** Descriptors that come along (a barrier's) are not taken, which closes them: their sender waits for that. */
static bool take_message(void)
{
    char text[MESSAGE_MAX + 1];
    ssize_t size = recv(container.fd, text, MESSAGE_MAX, 0);
    if (size < 0) return false;
    text[size] = '\0';
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        if (strcmp(line, "READY=1") == 0) mark_ready();
        if (strcmp(line, "WATCHDOG=1") == 0) untold |= WATCHDOG;
    }
    return true;
}

static void on_message(struct source *source, uint32_t events)
{
    (void)source, (void)events;
    if (take_message()) tell();
}

bool notify_open(void)
{
    if (!settings.is_notify_relayed) return true;
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = NOTIFY_PATH};
    unlink(NOTIFY_PATH);
    container.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    // Whoever the container's processes are, they may write.
    return container.fd >= 0 && bind(container.fd, (struct sockaddr *)&address, sizeof address) == 0 && chmod(NOTIFY_PATH, 0777) == 0;
}

void notify_started(void)
{
    // A created container does not run yet: whoever starts it tells.
    if (settings.mode != MODE_CREATE) untold |= settings.is_notify_ready ? MAIN_PID | READY : MAIN_PID;
    tell();
    if (container.fd >= 0) watch(&container, EPOLLIN);
}

void notify_close(void)
{
    if (container.fd < 0) return;
    for (int i = 0; i < LAST_MESSAGES && take_message(); i++);
    tell();
    close_source(&container);
    close_source(&manager);
}
