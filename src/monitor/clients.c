// The attach protocol: who is connected, what they still have to get, what they ask for. The first client is a pipeline's
// neighbour: output waits for it. All others are dropped before they could make anybody wait.

#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum frame { STDIN_FRAME = 0, EXIT_FRAME = 16, ERROR_FRAME, RESIZE_FRAME, SIGNAL_FRAME, KEEPER_FRAME, CLEANED_FRAME, SUBSCRIBE_FRAME, HEALTH_FRAME };
enum { HEADER_BYTES = 8, CONTROL_BYTES = 16, MAX_CLIENTS = 256, PATIENCE_MS = 10000 };
/** Behind by the first and standing still for PATIENCE_MS, or by the second at all: too slow. */
enum { SLOW_BYTES = 1024 * 1024, MAX_QUEUE_BYTES = 16 * 1024 * 1024 };

struct client {
    struct source source;
    struct client *next;
    bool is_first, is_keeper, has_sent_input, is_feeding;
    /** Nothing more comes from it; nothing more can be sent; only what is queued is to be sent. */
    bool is_silent, is_deaf, is_leaving;
    bool is_input_paused;
    uint8_t mask;
    uint8_t header[HEADER_BYTES], control[CONTROL_BYTES];
    size_t header_fill, control_fill, missing;
    struct buffer queue;
    /** Bytes of the queue's first frame that are still unsent. */
    size_t frame_left;
    int64_t progress_at;
};

static struct client *clients;
static struct source listener = {.fd = -1};
static const char *exit_text;
static bool is_cleaned, is_backpressure_lifted, was_stdin_once_used;
static size_t client_count;

static void put_u32(uint8_t *out, size_t number)
{
    for (int i = 3; i >= 0; i--, number >>= 8) out[i] = (uint8_t)number;
}

static uint32_t get_u32(const uint8_t *in)
{
    return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

/** What the kernel should wake us for, by the client's state. */
static void rewatch(struct client *client)
{
    uint32_t events = 0;
    if (!client->is_silent && !client->is_input_paused) events |= EPOLLIN;
    if (!client->is_deaf && buffer_size(&client->queue) > 0) events |= EPOLLOUT;
    // A hang-up would be reported again and again for as long as its last words cannot be read.
    if (events == 0 && client->is_input_paused) unwatch(&client->source);
    else watch(&client->source, events);
}

static bool is_output_held_up(void)
{
    if (is_backpressure_lifted) {
        for (struct client *client = clients; client != NULL; client = client->next)
            if (client->is_first && buffer_size(&client->queue) > MAX_QUEUE_BYTES) return true;
        return false;
    }
    for (struct client *client = clients; client != NULL; client = client->next)
        if (client->is_first && buffer_size(&client->queue) > 0) return true;
    return false;
}

static void end_input_of(struct client *client)
{
    if (!settings.is_stdin_once || !client->has_sent_input || was_stdin_once_used) return;
    was_stdin_once_used = true;
    input_end();
}

static void client_free(struct client *client)
{
    struct client **link = &clients;
    while (*link != client) link = &(*link)->next;
    *link = client->next;
    client_count--;
    end_input_of(client);
    close_source(&client->source);
    buffer_free(&client->queue);
    free(client);
    output_pause(is_output_held_up());
}

static bool is_finished(const struct client *client)
{
    bool has_all = client->is_deaf || buffer_size(&client->queue) == 0;
    if (client->is_leaving) return has_all;
    if (client->is_deaf) return client->is_silent;
    // Half-closed: it may still listen, unless it has said that it does not want to.
    return client->is_silent && client->mask == 0 && has_all;
}

/** Frees the client if it is done, or waits for what it is to do next. */
static void client_settle(struct client *client)
{
    if (is_finished(client)) client_free(client);
    else rewatch(client);
}

/** Nothing can be sent any more. */
static void client_deafen(struct client *client)
{
    client->is_deaf = true;
    buffer_free(&client->queue);
}

static void queue_take(struct client *client, size_t size)
{
    size_t walked = size;
    while (walked >= client->frame_left) {
        walked -= client->frame_left;
        size_t at = client->queue.start + (size - walked);
        if (at >= client->queue.end) {
            client->frame_left = 0;
            break;
        }
        client->frame_left = HEADER_BYTES + get_u32((const uint8_t *)client->queue.bytes + at + 4);
    }
    client->frame_left -= walked;
    buffer_take(&client->queue, size);
}

static void client_flush(struct client *client)
{
    while (!client->is_deaf && buffer_size(&client->queue) > 0) {
        ssize_t sent = send(client->source.fd, client->queue.bytes + client->queue.start, buffer_size(&client->queue),
                            MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (sent < 0) {
            client_deafen(client);
            return;
        }
        queue_take(client, (size_t)sent);
        client->progress_at = now_ms();
    }
}

static void client_send(struct client *client, int type, const char *bytes, size_t size)
{
    if (client->is_deaf || client->is_leaving) return;
    uint8_t header[HEADER_BYTES] = {(uint8_t)type};
    put_u32(header + 4, size);
    size_t sent = 0;
    if (buffer_size(&client->queue) == 0) {
        struct iovec parts[] = {{header, sizeof header}, {(char *)bytes, size}};
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        ssize_t result = sendmsg(client->source.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (result < 0 && errno != EAGAIN && errno != EINTR) {
            client_deafen(client);
            return;
        }
        sent = result < 0 ? 0 : (size_t)result;
        if (sent == sizeof header + size) return;
        client->frame_left = sizeof header + size - sent;
        client->progress_at = now_ms();
    }
    if (sent < sizeof header) {
        buffer_add(&client->queue, header + sent, sizeof header - sent);
        sent = sizeof header;
    }
    buffer_add(&client->queue, bytes + (sent - sizeof header), size - (sent - sizeof header));
}

/** The client's last frame; what was queued behind the one in transit is forgotten. */
static void client_dismiss(struct client *client, const char *text)
{
    if (buffer_size(&client->queue) > 0) client->queue.end = client->queue.start + client->frame_left;
    client_send(client, ERROR_FRAME, text, strlen(text));
    client->is_leaving = true;
    client->is_first = client->is_keeper = false;
    client->is_input_paused = true;
    client->progress_at = now_ms();
}

static void obey_control(struct client *client)
{
    const uint8_t *control = client->control;
    switch (client->header[0]) {
    case RESIZE_FRAME:
        if (client->control_fill == 4) console_resize((unsigned)control[0] << 8 | control[1], (unsigned)control[2] << 8 | control[3]);
        return;
    case SIGNAL_FRAME:
        if (client->control_fill == 4) signal_container((int)get_u32(control));
        return;
    case KEEPER_FRAME: client->is_keeper = true; return;
    case CLEANED_FRAME: is_cleaned = client->is_leaving = true; return;
    case SUBSCRIBE_FRAME:
        if (client->control_fill == 1) client->mask = control[0] & 3;
        return;
    case HEALTH_FRAME: health_renew(); return;
    default: return;
    }
}

static void finish_frame(struct client *client)
{
    bool is_input = client->header[0] == STDIN_FRAME;
    bool is_empty = get_u32(client->header + 4) == 0;
    if (!is_input) obey_control(client);
    else if (is_empty) input_end();
    else client->has_sent_input = true;
    client->header_fill = client->control_fill = 0;
}

/** False when the peer breaks the protocol. */
static bool take_header(struct client *client, uint8_t byte)
{
    client->header[client->header_fill++] = byte;
    if (client->header_fill < HEADER_BYTES) return true;
    client->missing = get_u32(client->header + 4);
    if (client->missing > (client->header[0] == STDIN_FRAME ? (size_t)MAX_PAYLOAD : (size_t)CONTROL_BYTES)) return false;
    if (client->missing == 0) finish_frame(client);
    return true;
}

static size_t take_payload(struct client *client, const uint8_t *bytes, size_t size)
{
    if (size > client->missing) size = client->missing;
    if (client->header[0] == STDIN_FRAME) {
        input_write(bytes, size);
        client->is_feeding = true;
    } else {
        memcpy(client->control + client->control_fill, bytes, size);
        client->control_fill += size;
    }
    client->missing -= size;
    if (client->missing == 0) finish_frame(client);
    return size;
}

static bool client_take(struct client *client, const uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        if (client->header_fill < HEADER_BYTES) {
            if (!take_header(client, bytes[at++])) return false;
        } else {
            at += take_payload(client, bytes + at, size - at);
        }
    }
    return true;
}

static void client_read(struct client *client)
{
    static uint8_t chunk[MAX_PAYLOAD];
    ssize_t size = recv(client->source.fd, chunk, sizeof chunk, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) {
        client->is_silent = true;
        client->is_keeper = false;
        if (size < 0) client_deafen(client);
        return;
    }
    client->is_feeding = false;
    if (!client_take(client, chunk, (size_t)size)) client_dismiss(client, "the client broke the attach protocol");
    // Only who sends stdin waits: a signal must get through.
    if (client->is_feeding && input_is_blocked()) client->is_input_paused = true;
}

static void on_client(struct source *source, uint32_t events)
{
    struct client *client = OWNER(struct client, source, source);
    if (events & EPOLLOUT) client_flush(client);
    if (events & EPOLLIN) client_read(client);
    // Both directions are shut, and what it said before has been read.
    if ((events & (EPOLLHUP | EPOLLERR)) && client->is_silent) client_deafen(client);
    if ((events & (EPOLLHUP | EPOLLERR)) && client->is_input_paused) client_deafen(client);
    output_pause(is_output_held_up());
    client_settle(client);
}

static struct client *client_add(int fd)
{
    struct client *client = grow(NULL, sizeof *client);
    *client = (struct client){.source = {.fd = fd, .ready = on_client}, .next = clients, .mask = 3};
    clients = client;
    client_count++;
    if (exit_text != NULL) client_send(client, EXIT_FRAME, exit_text, strlen(exit_text));
    if (client_count > MAX_CLIENTS) client_dismiss(client, "too many clients are attached");
    rewatch(client);
    return client;
}

static bool accept_one(void)
{
    int fd = accept4(listener.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) client_add(fd);
    return fd >= 0;
}

static void on_connection(struct source *source, uint32_t events)
{
    (void)source, (void)events;
    accept_one();
}

bool clients_open(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "attach"};
    unlink("attach");
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 1024) < 0) return false;
    listener = (struct source){.fd = fd, .ready = on_connection};
    watch(&listener, EPOLLIN);
    if (settings.client_fd < 0) return true;
    struct client *first = client_add(settings.client_fd);
    first->is_first = true;
    // What it has sent already (the terminal's size) holds from the start.
    client_read(first);
    client_settle(first);
    return true;
}

void clients_send(int stream, const char *bytes, size_t size)
{
    for (struct client *client = clients, *next; client != NULL; client = next) {
        next = client->next;
        if (!(client->mask & stream)) continue;
        client_send(client, stream, bytes, size);
        client_settle(client);
    }
    output_pause(is_output_held_up());
}

void clients_send_exit(const char *text)
{
    exit_text = text;
    for (struct client *client = clients, *next; client != NULL; client = next) {
        next = client->next;
        client_send(client, EXIT_FRAME, text, strlen(text));
        client->progress_at = now_ms();
        client_settle(client);
    }
}

void clients_resume(void)
{
    for (struct client *client = clients; client != NULL; client = client->next) {
        if (!client->is_input_paused || client->is_leaving) continue;
        client->is_input_paused = false;
        rewatch(client);
    }
}

void clients_lift_backpressure(void)
{
    is_backpressure_lifted = true;
    output_pause(false);
}

/** When this client's patience ends; NEVER for who is not behind. */
static int64_t patience_of(const struct client *client)
{
    size_t behind = buffer_size(&client->queue);
    if (behind == 0 || client->is_first) return NEVER;
    if (behind > MAX_QUEUE_BYTES) return 0;
    bool is_last_call = client->is_leaving || exit_text != NULL;
    return is_last_call || behind >= SLOW_BYTES ? client->progress_at + PATIENCE_MS : NEVER;
}

int64_t clients_check(void)
{
    int64_t next_check = NEVER;
    for (struct client *client = clients, *next; client != NULL; client = next) {
        next = client->next;
        int64_t deadline = patience_of(client);
        if (deadline > now_ms()) {
            next_check = earlier(next_check, deadline);
            continue;
        }
        if (client->is_leaving) {
            client_free(client);
            continue;
        }
        client_dismiss(client, "too slow: the container’s output was not read");
        next_check = 0;
        client_settle(client);
    }
    return next_check;
}

bool clients_are_behind(void)
{
    for (struct client *client = clients; client != NULL; client = client->next)
        if (buffer_size(&client->queue) > 0) return true;
    return false;
}

bool clients_are_there(void)
{
    for (struct client *client = clients; client != NULL; client = client->next)
        if (!client->is_silent && !client->is_leaving) return true;
    return false;
}

enum keeping clients_keeping(void)
{
    if (is_cleaned) return KEEPER_CLEANED;
    for (struct client *client = clients; client != NULL; client = client->next)
        if (client->is_keeper) return KEEPER_WORKING;
    return KEEPER_NONE;
}

void clients_stop_listening(void)
{
    unlink("attach");
    while (accept_one());
    close_source(&listener);
}
