// json-file, Docker's format: {"log":"line\n","stream":"stdout","attrs":{…},"time":"…"}. A line longer than 16 KiB is several entries, of which
// only the last one's text ends in \n.

#include "monitor.h"

#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 16 * 1024, ATTRIBUTES_BYTES = 8 * 1024 };

static void emit(int stream, const char *line, size_t size, bool is_whole);

static struct lines lines = {.limit = LINE_BYTES, .emit = emit};
static char attributes[ATTRIBUTES_BYTES];

static char *put(char *out, const char *text)
{
    size_t length = strlen(text);
    memcpy(out, text, length);
    return out + length;
}

static char *put_string(char *out, const char *text, size_t size)
{
    *out++ = '"';
    out += json_escape(out, text, size);
    *out++ = '"';
    return out;
}

static void emit(int stream, const char *line, size_t size, bool is_whole)
{
    char now[TIME_LENGTH + 1];
    format_now(now);
    char *entry = log_file_room(LOG_ENTRY_MAX), *out = entry;
    out = put(out, "{\"log\":\"");
    out += json_escape(out, line, size);
    out = put(out, is_whole ? "\\n\",\"stream\":\"" : "\",\"stream\":\"");
    out = put(out, stream == STDOUT_STREAM ? "stdout\"" : "stderr\"");
    out = put(out, attributes);
    out = put(out, ",\"time\":\"");
    out = put(out, now);
    out = put(out, "\"}\n");
    log_file_commit((size_t)(out - entry));
}

static bool add_attribute(const char *key, size_t key_size, const char *value)
{
    size_t used = strlen(attributes);
    if (used + 6 * (key_size + strlen(value)) + 8 > sizeof attributes - 16) return false;
    char *out = attributes + used;
    if (used > 0) *out++ = ',';
    out = put_string(out, key, key_size);
    *out++ = ':';
    out = put_string(out, value, strlen(value));
    *out = '\0';
    return true;
}

static const char *json_open(void)
{
    bool fits = settings.log_tag == NULL || add_attribute("tag", 3, settings.log_tag);
    for (size_t i = 0; i < settings.log_labels.count && fits; i++) {
        const char *label = settings.log_labels.items[i];
        size_t key_size = strcspn(label, "=");
        fits = add_attribute(label, key_size, label[key_size] == '=' ? label + key_size + 1 : "");
    }
    if (!fits) return "the labels for the log are too long";
    if (attributes[0] != '\0') {
        memmove(attributes + 10, attributes, strlen(attributes) + 1);
        memcpy(attributes, ",\"attrs\":{", 10);
        strcat(attributes, "}");
    }
    return log_file_open();
}

static void json_write(int stream, const char *bytes, size_t size)
{
    lines_feed(&lines, stream, bytes, size);
    log_file_flush();
}

static void json_close(void)
{
    lines_end(&lines);
    log_file_close();
}

const struct log_driver json_file_log = {"json-file", json_open, json_write, json_close};
