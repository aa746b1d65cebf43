// The terminal: the runtime makes it inside the container and sends us its master over a socket (SCM_RIGHTS).

#include "monitor.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct source listener = {.fd = -1}, sender = {.fd = -1};
static int master = -1;
static struct winsize size;
static bool has_size;

static int receive_descriptor(int socket)
{
    char name[4096];
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {name, sizeof name};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) < 0) return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) return -1;
    int fd;
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
}

static void on_message(struct source *source, uint32_t events)
{
    (void)events;
    master = receive_descriptor(source->fd);
    close_source(source);
    if (master < 0) return;
    close_source(&listener);
    unlink("console");
    if (has_size) ioctl(master, TIOCSWINSZ, &size);
    if (settings.has_stdin) input_open(fcntl(master, F_DUPFD_CLOEXEC, 3), true);
    output_add(STDOUT_STREAM, master);
}

static void on_connection(struct source *source, uint32_t events)
{
    (void)events;
    int fd = accept4(source->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    close_source(&sender);
    sender = (struct source){.fd = fd, .ready = on_message};
    watch(&sender, EPOLLIN);
}

void console_expect_end(void)
{
    if (listener.fd >= 0 && sender.fd < 0) on_connection(&listener, EPOLLIN);
    if (sender.fd >= 0) on_message(&sender, EPOLLIN);
}

bool console_listen(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "console"};
    unlink("console");
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 1) < 0) return false;
    listener = (struct source){.fd = fd, .ready = on_connection};
    watch(&listener, EPOLLIN);
    return true;
}

const char *console_path(void)
{
    static char path[sizeof((struct sockaddr_un *)0)->sun_path];
    int length = snprintf(path, sizeof path, "%s/console", settings.run_dir);
    // A socket's address holds 107 bytes: a longer one goes by way of our working directory.
    if (length >= (int)sizeof path) snprintf(path, sizeof path, "/proc/%d/cwd/console", (int)getpid());
    return path;
}

void console_resize(unsigned rows, unsigned columns)
{
    size = (struct winsize){.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    has_size = true;
    if (master >= 0 && output_is_open()) ioctl(master, TIOCSWINSZ, &size);
}
