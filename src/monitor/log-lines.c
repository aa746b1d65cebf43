// Cuts a stream into lines for the log formats whose entries are lines.

#include "monitor.h"

#include <string.h>

/** Where to cut `size` bytes that do not end a line: before a UTF-8 character that is not complete. */
static size_t cut_before_character(const char *bytes, size_t size)
{
    for (size_t back = 1; back <= 3 && back < size; back++) {
        unsigned char byte = (unsigned char)bytes[size - back];
        if (byte < 0x80) return size;
        if (byte < 0xc0) continue;
        size_t length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
        return length > back ? size - back : size;
    }
    return size;
}

static void emit_pending(struct lines *lines, int stream, bool is_whole)
{
    struct buffer *pending = &lines->pending[stream - 1];
    size_t size = buffer_size(pending);
    if (!is_whole && size == lines->limit) size = cut_before_character(pending->bytes + pending->start, size);
    lines->emit(stream, pending->bytes == NULL ? "" : pending->bytes + pending->start, size, is_whole);
    buffer_take(pending, size);
}

void lines_feed(struct lines *lines, int stream, const char *bytes, size_t size)
{
    struct buffer *pending = &lines->pending[stream - 1];
    while (size > 0) {
        const char *newline = memchr(bytes, '\n', size);
        size_t text = newline == NULL ? size : (size_t)(newline - bytes);
        bool is_direct = newline != NULL && buffer_size(pending) == 0 && text <= lines->limit;
        if (is_direct) {
            lines->emit(stream, bytes, text, true);
            bytes += text + 1;
            size -= text + 1;
            continue;
        }
        size_t room = lines->limit - buffer_size(pending);
        size_t taken = text < room ? text : room;
        buffer_add(pending, bytes, taken);
        bytes += taken;
        size -= taken;
        if (taken == text && newline != NULL) {
            emit_pending(lines, stream, true);
            bytes++;
            size--;
        } else if (taken == room) {
            emit_pending(lines, stream, false);
        }
    }
}

void lines_end(struct lines *lines)
{
    for (int stream = STDOUT_STREAM; stream <= STDERR_STREAM; stream++)
        if (buffer_size(&lines->pending[stream - 1]) > 0) emit_pending(lines, stream, false);
}
