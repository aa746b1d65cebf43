// The list of key=value settings, NUL-separated, that come through a descriptor: nothing shows in argv, no length limit applies.

#include "monitor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct settings settings = {.ready_fd = -1, .client_fd = -1, .stdio = {0, 1, 2}, .log_driver = "none"};

enum kind { TEXT, LIST, FLAG, NUMBER, DESCRIPTOR, MODE };

struct key {
    const char *name;
    enum kind kind;
    void *target;
};

static const struct key keys[] = {
    {"mode", MODE, &settings.mode},
    {"id", TEXT, &settings.id},
    {"name", TEXT, &settings.name},
    {"runtime", TEXT, &settings.runtime},
    {"runtime-arg", LIST, &settings.runtime_args},
    {"filter", TEXT, &settings.filter},
    {"bundle", TEXT, &settings.bundle},
    {"process", TEXT, &settings.process},
    {"image-path", TEXT, &settings.image_path},
    {"work-path", TEXT, &settings.work_path},
    {"restore-arg", LIST, &settings.restore_args},
    {"run-dir", TEXT, &settings.run_dir},
    {"terminal", FLAG, &settings.has_terminal},
    {"stdin", FLAG, &settings.has_stdin},
    {"stdin-once", FLAG, &settings.is_stdin_once},
    {"log-driver", TEXT, &settings.log_driver},
    {"log-path", TEXT, &settings.log_path},
    {"log-max-size", NUMBER, &settings.log_max_size},
    {"log-max-files", NUMBER, &settings.log_max_files},
    {"log-tag", TEXT, &settings.log_tag},
    {"log-label", LIST, &settings.log_labels},
    {"timeout", NUMBER, &settings.timeout_seconds},
    {"exit-command", LIST, &settings.exit_command},
    {"health-command", LIST, &settings.health_command},
    {"env", LIST, &settings.env},
    {"oom-file", TEXT, &settings.oom_file},
    {"notify-socket", TEXT, &settings.notify_socket},
    {"notify-relay", FLAG, &settings.is_notify_relayed},
    {"notify-ready", FLAG, &settings.is_notify_ready},
    {"preserve-fds", DESCRIPTOR, &settings.preserve_fds},
    {"preserve-gap", LIST, &settings.preserve_gaps},
    {"held-fd", DESCRIPTOR, &settings.held_fd},
    {"held-fds", DESCRIPTOR, &settings.held_fds},
    {"ready-fd", DESCRIPTOR, &settings.ready_fd},
    {"client-fd", DESCRIPTOR, &settings.client_fd},
    {"stdin-fd", DESCRIPTOR, &settings.stdio[0]},
    {"stdout-fd", DESCRIPTOR, &settings.stdio[1]},
    {"stderr-fd", DESCRIPTOR, &settings.stdio[2]},
};

bool is_passthrough(void)
{
    return strcmp(settings.log_driver, "passthrough") == 0;
}

static void list_add(struct strings *list, char *item)
{
    list->items = grow(list->items, (list->count + 2) * sizeof *list->items);
    list->items[list->count++] = item;
    list->items[list->count] = NULL;
}

static bool parse_number(const char *text, int64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *number >= 0;
}

static bool parse_mode(const char *text, enum mode *mode)
{
    if (strcmp(text, "run") == 0) *mode = MODE_RUN;
    else if (strcmp(text, "create") == 0) *mode = MODE_CREATE;
    else if (strcmp(text, "exec") == 0) *mode = MODE_EXEC;
    else if (strcmp(text, "restore") == 0) *mode = MODE_RESTORE;
    else return false;
    return true;
}

static bool set(const struct key *key, char *value)
{
    int64_t number = 0;
    switch (key->kind) {
    case TEXT: *(const char **)key->target = value; return true;
    case LIST: list_add(key->target, value); return true;
    case FLAG: *(bool *)key->target = strcmp(value, "1") == 0; return true;
    case MODE: return parse_mode(value, key->target);
    case NUMBER: return parse_number(value, key->target);
    case DESCRIPTOR:
        if (!parse_number(value, &number) || number > 1 << 20) return false;
        *(int *)key->target = (int)number;
        return true;
    }
    return false;
}

static bool parse(char *entry)
{
    char *equals = strchr(entry, '=');
    if (equals == NULL) return false;
    size_t length = (size_t)(equals - entry);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strlen(keys[i].name) == length && memcmp(keys[i].name, entry, length) == 0) return set(&keys[i], equals + 1);
    return false;
}

static const char *check(void)
{
    if (settings.id == NULL || settings.runtime == NULL || settings.run_dir == NULL) return "id, runtime or run-dir missing";
    if (settings.mode == MODE_EXEC ? settings.process == NULL : settings.bundle == NULL) return "bundle or process missing";
    if (settings.mode == MODE_RESTORE && (settings.image_path == NULL || settings.work_path == NULL)) return "image-path or work-path missing";
    if (settings.has_terminal && is_passthrough()) return "a terminal cannot be passed through";
    for (int fd = 3; fd < 3 + settings.preserve_fds; fd++)
        if (fd == settings.ready_fd || fd == settings.client_fd) return "preserve-fds covers a descriptor of our own";
    if (settings.name == NULL) settings.name = settings.id;
    return NULL;
}

const char *settings_read(int fd)
{
    // The settings point into it for as long as we live.
    static char *text;
    size_t size = 0, capacity = 4096;
    text = grow(NULL, capacity);
    for (;;) {
        ssize_t got = read(fd, text + size, capacity - size - 1);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return strerror(errno);
        if (got == 0) break;
        size += (size_t)got;
        if (capacity - size < 2) text = grow(text, capacity *= 2);
    }
    text[size] = '\0';
    for (size_t at = 0; at < size; at += strlen(text + at) + 1)
        if (text[at] != '\0' && !parse(text + at)) return join("bad setting ", text + at);
    // Lists may be empty, but never NULL: they are handed to execve as they are.
    struct strings *lists[] = {&settings.runtime_args, &settings.restore_args, &settings.exit_command, &settings.health_command, &settings.env, &settings.log_labels};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (lists[i]->items == NULL) lists[i]->items = grow(NULL, sizeof(char *)), lists[i]->items[0] = NULL;
    return check();
}
