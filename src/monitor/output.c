// The container's output: to the log first, then to the clients. With no terminal the runtime shares the container's stderr, so
// that until it has succeeded nobody can say whose words those are: they are held back.

#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { TAIL_BYTES = 4096, HELD_BYTES = 64 * 1024, LAST_READS = 16 };

struct output {
    struct source source;
    int stream;
};

static void on_output(struct source *source, uint32_t events);
static void on_runtime_stderr(struct source *source, uint32_t events);

static struct output outputs[2] = {{.source = {.fd = -1}}, {.source = {.fd = -1}}};
static struct source runtime_stderr = {.fd = -1, .ready = on_runtime_stderr};
static struct buffer held;
static bool is_holding, is_output_paused, is_ending;
static char tail[TAIL_BYTES + 1];
static size_t tail_size;
static char chunk[MAX_PAYLOAD];

static void deliver(int stream, const char *bytes, size_t size)
{
    log_write(stream, bytes, size);
    clients_send(stream, bytes, size);
}

static void remember(const char *bytes, size_t size)
{
    if (size > TAIL_BYTES) bytes += size - TAIL_BYTES, size = TAIL_BYTES;
    size_t kept = tail_size + size > TAIL_BYTES ? TAIL_BYTES - size : tail_size;
    memmove(tail, tail + tail_size - kept, kept);
    memcpy(tail + kept, bytes, size);
    tail_size = kept + size;
}

struct piece {
    int stream;
    size_t size;
};

static void deliver_held(void)
{
    for (size_t at = held.start; at < held.end;) {
        struct piece piece;
        memcpy(&piece, held.bytes + at, sizeof piece);
        at += sizeof piece;
        deliver(piece.stream, held.bytes + at, piece.size);
        at += piece.size;
    }
    buffer_free(&held);
}

static void hold(int stream, const char *bytes, size_t size)
{
    if (stream == STDERR_STREAM) remember(bytes, size);
    struct piece piece = {stream, size};
    buffer_add(&held, &piece, sizeof piece);
    buffer_add(&held, bytes, size);
    if (buffer_size(&held) > HELD_BYTES) deliver_held();
}

/**
 * A terminal that nobody has open reads as EIO, but the next who opens it can write again (systemd closes and reopens its console).
 * Edge-triggered, the descriptor wakes us only when that happens.
 */
static void hang_up(struct output *output)
{
    if (settings.has_terminal && !is_ending) watch(&output->source, EPOLLIN | EPOLLET);
    else close_source(&output->source);
}

/** False when there is nothing to read now, or never again. */
static bool read_some(struct output *output)
{
    ssize_t size = read(output->source.fd, chunk, sizeof chunk);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (size <= 0) {
        hang_up(output);
        return false;
    }
    if (is_holding) hold(output->stream, chunk, (size_t)size);
    else deliver(output->stream, chunk, (size_t)size);
    return true;
}

static void on_output(struct source *source, uint32_t events)
{
    (void)events;
    struct output *output = OWNER(struct output, source, source);
    while (read_some(output) && (source->events & EPOLLET) && !is_output_paused);
}

static void on_runtime_stderr(struct source *source, uint32_t events)
{
    (void)events;
    ssize_t size = read(source->fd, chunk, sizeof chunk);
    if (size > 0) remember(chunk, (size_t)size);
    else if (size == 0 || (errno != EAGAIN && errno != EINTR)) close_source(source);
}

static void set_nonblocking(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void output_add(int stream, int fd)
{
    struct output *output = &outputs[stream - 1];
    set_nonblocking(fd);
    *output = (struct output){.source = {.fd = fd, .ready = on_output}, .stream = stream};
    if (!is_output_paused) watch(&output->source, EPOLLIN);
}

void output_add_runtime_stderr(int fd)
{
    set_nonblocking(fd);
    runtime_stderr.fd = fd;
    watch(&runtime_stderr, EPOLLIN);
}

void output_hold(void)
{
    is_holding = true;
}

void output_release(bool is_delivered)
{
    is_holding = false;
    if (is_delivered) deliver_held();
    else buffer_free(&held);
    close_source(&runtime_stderr);
}

const char *output_stderr_tail(void)
{
    struct output *errors = &outputs[1];
    while (errors->source.fd >= 0 && read_some(errors));
    while (runtime_stderr.fd >= 0) {
        ssize_t size = read(runtime_stderr.fd, chunk, sizeof chunk);
        if (size <= 0) break;
        remember(chunk, (size_t)size);
    }
    tail[tail_size] = '\0';
    return tail;
}

void output_pause(bool is_paused)
{
    if (is_paused == is_output_paused) return;
    is_output_paused = is_paused;
    for (int i = 0; i < 2; i++) {
        if (outputs[i].source.fd < 0) continue;
        if (is_paused) unwatch(&outputs[i].source);
        else watch(&outputs[i].source, EPOLLIN);
    }
}

void output_expect_end(void)
{
    is_ending = true;
    for (int i = 0; i < 2; i++)
        if (outputs[i].source.fd >= 0 && (outputs[i].source.events & EPOLLET)) read_some(&outputs[i]);
}

bool output_is_open(void)
{
    return outputs[0].source.fd >= 0 || outputs[1].source.fd >= 0;
}

void output_close(void)
{
    for (int i = 0; i < 2; i++) {
        for (int reads = 0; reads < LAST_READS && outputs[i].source.fd >= 0 && read_some(&outputs[i]); reads++);
        close_source(&outputs[i].source);
    }
}
