// Bytes and text: growing buffers, time stamps, JSON strings.

#include "monitor.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void *grow(void *memory, size_t size)
{
    void *grown = realloc(memory, size);
    if (grown == NULL) abort();
    return grown;
}

char *join(const char *a, const char *b)
{
    size_t length = strlen(a);
    char *joined = grow(NULL, length + strlen(b) + 1);
    memcpy(joined, a, length);
    strcpy(joined + length, b);
    return joined;
}

bool write_all(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        ssize_t written = write(fd, at, size);
        if (written < 0 && errno == EAGAIN) {
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
            continue;
        }
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        at += written;
        size -= (size_t)written;
    }
    return true;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t size)
{
    if (size == 0) return;
    if (buffer->capacity - buffer->end < size) {
        if (buffer->start > 0) {
            memmove(buffer->bytes, buffer->bytes + buffer->start, buffer_size(buffer));
            buffer->end -= buffer->start;
            buffer->start = 0;
        }
        size_t capacity = buffer->capacity > 0 ? buffer->capacity : 4096;
        while (capacity - buffer->end < size) capacity *= 2;
        if (capacity != buffer->capacity) buffer->bytes = grow(buffer->bytes, capacity);
        buffer->capacity = capacity;
    }
    memcpy(buffer->bytes + buffer->end, bytes, size);
    buffer->end += size;
}

void buffer_take(struct buffer *buffer, size_t size)
{
    buffer->start += size;
    if (buffer->start == buffer->end) buffer_free(buffer);
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct buffer){0};
}

static void put_digits(char *out, int width, long number)
{
    for (int i = width - 1; i >= 0; i--, number /= 10) out[i] = (char)('0' + number % 10);
}

void format_now(char out[TIME_LENGTH + 1])
{
    // A busy log asks for many stamps within one second: the calendar is worked out once.
    static time_t known = -1;
    static char date[] = "0000-00-00T00:00:00.";
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (now.tv_sec != known) {
        struct tm tm;
        gmtime_r(&now.tv_sec, &tm);
        put_digits(date, 4, tm.tm_year + 1900);
        put_digits(date + 5, 2, tm.tm_mon + 1);
        put_digits(date + 8, 2, tm.tm_mday);
        put_digits(date + 11, 2, tm.tm_hour);
        put_digits(date + 14, 2, tm.tm_min);
        put_digits(date + 17, 2, tm.tm_sec);
        known = now.tv_sec;
    }
    memcpy(out, date, 20);
    put_digits(out + 20, 9, now.tv_nsec);
    strcpy(out + 29, "Z");
}

/** Length of the UTF-8 character at `at`; 0 if it is none (RFC 3629: no surrogates, no overlong forms). */
static size_t utf8_length(const unsigned char *at, size_t size)
{
    unsigned char first = at[0];
    size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length == 0 || length > size) return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80) return 0;
    if (first == 0xe0 && at[1] < 0xa0) return 0;
    if (first == 0xed && at[1] > 0x9f) return 0;
    if (first == 0xf0 && at[1] < 0x90) return 0;
    if (first == 0xf4 && at[1] > 0x8f) return 0;
    return length;
}

static char *escape_ascii(char *out, char c)
{
    static const char hex[] = "0123456789abcdef";
    const char *letter = strchr("nrt\"\\", c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\t' ? 't' : c == '"' || c == '\\' ? c : 0);
    if (*letter != '\0') {
        *out++ = '\\';
        *out++ = *letter;
        return out;
    }
    if ((unsigned char)c >= 0x20 && c != 0x7f) {
        *out++ = c;
        return out;
    }
    memcpy(out, "\\u00", 4);
    out[4] = hex[(unsigned char)c >> 4];
    out[5] = hex[c & 15];
    return out + 6;
}

size_t json_escape(char *out, const char *bytes, size_t size)
{
    char *start = out;
    for (size_t at = 0; at < size;) {
        size_t length = utf8_length((const unsigned char *)bytes + at, size - at);
        if (length == 1) {
            out = escape_ascii(out, bytes[at]);
        } else if (length == 0) {
            memcpy(out, "\xef\xbf\xbd", 3);
            out += 3;
            length = 1;
        } else {
            memcpy(out, bytes + at, length);
            out += length;
        }
        at += length;
    }
    return (size_t)(out - start);
}
