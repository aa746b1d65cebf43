// Which ids exist inside: our own as 0, and from 1 on the ranges that the administrator gave us in /etc/subuid and /etc/subgid.

#include "userns.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_user(const char *field, const char *name, uid_t uid) {
  char number[16];
  snprintf(number, sizeof number, "%u", uid);
  return (name && strcmp(field, name) == 0) || strcmp(field, number) == 0;
}

/** `name:first:count`; false for comments and whatever else does not read as that. */
static bool parse_line(char *line, char **user, Range *range) {
  char *first = strchr(line, ':'), *end;
  if (!first) return false;
  *first++ = '\0';
  *user = line;
  if (!isdigit((unsigned char)*first)) return false;
  range->first = strtoul(first, &end, 10);
  if (*end != ':' || !isdigit((unsigned char)end[1])) return false;
  range->count = strtoul(end + 1, &end, 10);
  while (isspace((unsigned char)*end)) end++;
  return *end == '\0' && range->count > 0 && range->first <= UINT_MAX && range->count <= UINT_MAX - range->first;
}

unsigned long first_free_id(const char *path) {
  unsigned long free_id = 100000;
  FILE *file = fopen(path, "re");
  char *line = NULL, *user;
  size_t size = 0;
  Range range;
  while (file && getline(&line, &size, file) >= 0)
    if (parse_line(line, &user, &range) && range.first + range.count > free_id) free_id = range.first + range.count;
  free(line);
  if (file) fclose(file);
  return free_id;
}

static bool is_known(const Ranges *ranges, const Range *range) {
  for (int index = 0; index < ranges->count; index++)
    if (ranges->range[index].first == range->first) return true;
  return false;
}

Ranges subordinate_ids(const char *path, const char *name, uid_t uid) {
  Ranges ranges = {0};
  FILE *file = fopen(path, "re");
  char *line = NULL, *user;
  size_t size = 0;
  Range range;
  while (file && ranges.count < MAX_RANGES && getline(&line, &size, file) >= 0)
    if (parse_line(line, &user, &range) && is_user(user, name, uid) && !is_known(&ranges, &range)) ranges.range[ranges.count++] = range;
  free(line);
  if (file) fclose(file);
  return ranges;
}

/** The helper's argv: PID, then triples inside, outside, count. */
static char **helper_arguments(const char *helper, pid_t pid, const Ranges *ranges) {
  int size = 5 + 3 * ranges->count, at = 0;
  char **argv = calloc((size_t)size + 1, sizeof *argv);
  unsigned long inside = 1;
  if (!argv) abort();
  bool is_user = strcmp(helper, "newuidmap") == 0;
  argv[at++] = strdup(helper);
  const unsigned long head[] = {(unsigned long)pid, 0, is_user ? getuid() : getgid(), 1};
  for (size_t index = 0; index < 4; index++)
    if (asprintf(&argv[at++], "%lu", head[index]) < 0) abort();
  for (const Range *range = ranges->range; range < ranges->range + ranges->count; inside += range++->count) {
    const unsigned long triple[] = {inside, range->first, range->count};
    for (size_t index = 0; index < 3; index++)
      if (asprintf(&argv[at++], "%lu", triple[index]) < 0) abort();
  }
  return argv;
}

static void free_arguments(char **argv) {
  for (char **item = argv; *item; item++) free(*item);
  free(argv);
}

/** The first line, or its beginning; the rest is read and thrown away, for the writer must not be stopped. */
static void first_line(int fd, char text[static 256]) {
  size_t length = 0;
  char rest[256];
  for (ssize_t got;;) {
    bool has_room = length < 255;
    got = has_room ? read(fd, text + length, 255 - length) : read(fd, rest, sizeof rest);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    if (has_room) length += (size_t)got;
  }
  text[length] = '\0';
  text[strcspn(text, "\n")] = '\0';
}

Mapping map_ranges(const char *helper, pid_t pid, const Ranges *ranges, char reason[256]) {
  int ends[2], status = 0;
  char **argv = helper_arguments(helper, pid, ranges);
  if (pipe2(ends, O_CLOEXEC) < 0) die(NULL, "pipe: %s", strerror(errno));
  pid_t child = fork();
  if (child < 0) die(NULL, "fork: %s", strerror(errno));
  if (child == 0) {
    dup2(ends[1], 2);
    execvp(helper, argv);
    dprintf(2, "%s: %s\n", helper, errno == ENOENT ? "not installed" : strerror(errno));
    _exit(127);
  }
  close(ends[1]);
  first_line(ends[0], reason);
  close(ends[0]);
  free_arguments(argv);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (status == 0) return MAPPED;
  if (reason[0] == '\0') snprintf(reason, 256, "%s failed", helper);
  return HELPER_FAILED;
}

static void write_map(pid_t pid, const char *name, const char *text) {
  char path[48];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) die(NULL, "write '%s': %s", path, strerror(errno));
  close(fd);
}

void map_single(pid_t pid) {
  char text[32];
  snprintf(text, sizeof text, "0 %u 1", getuid());
  write_map(pid, "uid_map", text);
  // An ordinary user may map a group only after giving up setgroups(2): user_namespaces(7).
  write_map(pid, "setgroups", "deny");
  snprintf(text, sizeof text, "0 %u 1", getgid());
  write_map(pid, "gid_map", text);
}
