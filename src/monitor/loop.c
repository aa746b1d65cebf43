// The event loop: epoll, level-triggered, one event at a time, so that no handler ever meets an event of what another one closed.

#include "monitor.h"

#include <limits.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

static int epoll_fd = -1;

void loop_open(void)
{
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
}

void watch(struct source *source, uint32_t events)
{
    if (source->is_watched && source->events == events) return;
    struct epoll_event event = {.events = events, .data.ptr = source};
    epoll_ctl(epoll_fd, source->is_watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, source->fd, &event);
    source->is_watched = true;
    source->events = events;
}

void unwatch(struct source *source)
{
    if (!source->is_watched) return;
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, source->fd, NULL);
    source->is_watched = false;
}

void close_source(struct source *source)
{
    if (source->fd < 0) return;
    unwatch(source);
    close(source->fd);
    source->fd = -1;
}

void loop_wait(int64_t deadline)
{
    int timeout = -1;
    if (deadline != NEVER) {
        int64_t left = deadline - now_ms();
        timeout = left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
    }
    struct epoll_event event;
    if (epoll_wait(epoll_fd, &event, 1, timeout) != 1) return;
    struct source *source = event.data.ptr;
    source->ready(source, event.events);
}

int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
