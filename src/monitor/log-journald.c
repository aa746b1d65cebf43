// journald, by its native protocol: one datagram per entry; where that is too large, a sealed memfd in its place. Field names as podman's
// conmon and Docker write them, so that their readers find our entries.

#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE_BYTES = 256 * 1024, SHORT_ID = 12 };

static void emit(int stream, const char *line, size_t size, bool is_whole);

static struct lines lines = {.limit = LINE_BYTES, .emit = emit};
static struct sockaddr_un journal = {.sun_family = AF_UNIX};
static int journal_fd = -1;
static struct buffer fields;

static void add_field(struct buffer *out, const char *key, const char *value, size_t size)
{
    buffer_add(out, key, strlen(key));
    // The form with a length takes any value; the one with '=' none with a line end.
    uint8_t length[9] = "\n";
    for (int i = 0; i < 8; i++) length[1 + i] = (uint8_t)((uint64_t)size >> (8 * i));
    buffer_add(out, length, sizeof length);
    buffer_add(out, value, size);
    buffer_add(out, "\n", 1);
}

static void add_text(const char *key, const char *value)
{
    add_field(&fields, key, value, strlen(value));
}

/** journald takes A-Z, 0-9 and _, not starting with a digit or _. */
static void add_label(const char *label)
{
    size_t size = strcspn(label, "=");
    char *key = grow(NULL, size + 2);
    size_t n = 0;
    for (size_t i = 0; i < size; i++) {
        char c = label[i];
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        bool is_digit = c >= '0' && c <= '9', is_letter = c >= 'A' && c <= 'Z';
        if (n == 0 && !is_letter) continue;
        key[n++] = is_letter || is_digit ? c : '_';
    }
    key[n] = '\0';
    if (n > 0 && n <= 64) add_text(key, label[size] == '=' ? label + size + 1 : "");
    free(key);
}

static const char *journald_open(void)
{
    const char *path = settings.log_path == NULL ? "/run/systemd/journal/socket" : settings.log_path;
    if (strlen(path) >= sizeof journal.sun_path) return "the journal socket's path is too long";
    strcpy(journal.sun_path, path);
    journal_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    // A journal that stands still must not stop the container for good.
    setsockopt(journal_fd, SOL_SOCKET, SO_SNDTIMEO, &(struct timeval){.tv_sec = 5}, sizeof(struct timeval));
    if (access(path, W_OK) < 0) return join(join("cannot reach the journal ", path), join(": ", strerror(errno)));
    char short_id[SHORT_ID + 1] = "";
    strncat(short_id, settings.id, SHORT_ID);
    add_text("CONTAINER_ID", short_id);
    add_text("CONTAINER_ID_FULL", settings.id);
    add_text("CONTAINER_NAME", settings.name);
    if (settings.log_tag != NULL) add_text("CONTAINER_TAG", settings.log_tag);
    add_text("SYSLOG_IDENTIFIER", settings.log_tag == NULL ? settings.name : settings.log_tag);
    for (size_t i = 0; i < settings.log_labels.count; i++) add_label(settings.log_labels.items[i]);
    return NULL;
}

static void send_as_file(const struct buffer *entry)
{
    int fd = memfd_create("log-entry", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) return;
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {.header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))}};
    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    struct msghdr message = {.msg_name = &journal, .msg_namelen = sizeof journal, .msg_control = &control,
                             .msg_controllen = sizeof control};
    bool is_written = write_all(fd, entry->bytes + entry->start, buffer_size(entry));
    bool is_sealed = is_written && fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0;
    if (is_sealed) sendmsg(journal_fd, &message, MSG_NOSIGNAL);
    close(fd);
}

static void emit(int stream, const char *line, size_t size, bool is_whole)
{
    struct buffer entry = {0};
    add_field(&entry, "MESSAGE", line, size);
    add_field(&entry, "PRIORITY", stream == STDOUT_STREAM ? "6" : "3", 1);
    if (!is_whole) add_field(&entry, "CONTAINER_PARTIAL_MESSAGE", "true", 4);
    buffer_add(&entry, fields.bytes + fields.start, buffer_size(&fields));
    ssize_t sent = sendto(journal_fd, entry.bytes, buffer_size(&entry), MSG_NOSIGNAL, (struct sockaddr *)&journal, sizeof journal);
    if (sent < 0 && (errno == EMSGSIZE || errno == ENOBUFS)) send_as_file(&entry);
    buffer_free(&entry);
}

static void journald_write(int stream, const char *bytes, size_t size)
{
    lines_feed(&lines, stream, bytes, size);
}

static void journald_close(void)
{
    lines_end(&lines);
    close(journal_fd);
}

const struct log_driver journald_log = {"journald", journald_open, journald_write, journald_close};
