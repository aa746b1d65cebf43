// The container's stdin. What it does not take at once waits here, and the client that sent it is not read meanwhile.

#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <termios.h>
#include <unistd.h>

static void on_room(struct source *source, uint32_t events);

static struct source input = {.fd = -1, .ready = on_room};
static struct buffer pending;
static bool is_terminal_input, has_ended, ends_in_line = true;
/** False from the start for a container without stdin: what clients send is dropped. */
static bool is_awaited = true;

void input_open(int fd, bool is_terminal)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    input.fd = fd;
    is_terminal_input = is_terminal;
    on_room(&input, EPOLLOUT);
}

void input_close(void)
{
    close_source(&input);
    buffer_free(&pending);
    is_awaited = false;
    clients_resume();
}

static ssize_t write_some(const void *bytes, size_t size)
{
    ssize_t written = write(input.fd, bytes, size);
    if (written < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (written < 0) input_close();
    return written;
}

static void settle(void)
{
    if (buffer_size(&pending) > 0) {
        watch(&input, EPOLLOUT);
        return;
    }
    if (has_ended) {
        input_close();
        return;
    }
    unwatch(&input);
    clients_resume();
}

static void on_room(struct source *source, uint32_t events)
{
    (void)source, (void)events;
    if (buffer_size(&pending) > 0) {
        ssize_t written = write_some(pending.bytes + pending.start, buffer_size(&pending));
        if (written < 0) return;
        buffer_take(&pending, (size_t)written);
    }
    settle();
}

void input_write(const void *bytes, size_t size)
{
    if (!settings.has_stdin || !is_awaited || has_ended || size == 0) return;
    ends_in_line = ((const char *)bytes)[size - 1] == '\n';
    ssize_t written = 0;
    if (input.fd >= 0 && buffer_size(&pending) == 0) written = write_some(bytes, size);
    if (written < 0) return;
    buffer_add(&pending, (const char *)bytes + written, size - (size_t)written);
    if (input.fd >= 0 && buffer_size(&pending) > 0) watch(&input, EPOLLOUT);
}

static void type_eof(void)
{
    struct termios mode;
    char eof = 4;
    if (input.fd >= 0 && tcgetattr(input.fd, &mode) == 0) eof = (char)mode.c_cc[VEOF];
    // In the middle of a line the first one only hands over what was typed so far.
    bool was_line = ends_in_line;
    input_write(&eof, 1);
    if (!was_line) input_write(&eof, 1);
    ends_in_line = true;
}

void input_end(void)
{
    if (!settings.has_stdin || !is_awaited) return;
    if (settings.has_terminal) {
        type_eof();
        return;
    }
    has_ended = true;
    if (input.fd >= 0) settle();
}

bool input_is_blocked(void)
{
    return buffer_size(&pending) > 0;
}
