// The runtime folder, $XDG_RUNTIME_DIR/gantry. What is found there leads to namespaces that are then entered, so it must be the user's
// own and closed to others.

#include "userns.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_own(int at, const char *path, uid_t uid) {
  int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat facts;
  if (fd >= 0 && fstat(fd, &facts) == 0 && facts.st_uid == uid && (facts.st_mode & 022) == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

/** A folder in /tmp is made by whoever comes first, so it is refused unless it is closed to all others. */
static int open_temporary(const char *path, uid_t uid) {
  if (mkdir(path, 0700) < 0 && errno != EEXIST) die("Set XDG_RUNTIME_DIR to a folder of your own.", "make '%s': %s", path, strerror(errno));
  int fd = open_own(AT_FDCWD, path, uid);
  struct stat facts;
  if (fd < 0 || fstat(fd, &facts) < 0 || (facts.st_mode & 077) != 0)
    die("Remove it, or set XDG_RUNTIME_DIR to a folder of your own.", "'%s' is not a private folder of this user", path);
  return fd;
}

static int open_runtime(uid_t uid, char path[static PATH_MAX]) {
  const char *given = getenv("XDG_RUNTIME_DIR");
  if (given && given[0] == '/' && strlen(given) < PATH_MAX - 16) {
    int fd = open_own(AT_FDCWD, given, uid);
    if (fd >= 0) return strcpy(path, given), fd;
  }
  snprintf(path, PATH_MAX, "/run/user/%u", uid);
  int fd = open_own(AT_FDCWD, path, uid);
  if (fd >= 0) return fd;
  snprintf(path, PATH_MAX, "/tmp/gantry-run-%u", uid);
  return open_temporary(path, uid);
}

int open_run_folder(uid_t uid) {
  char path[PATH_MAX];
  int parent = open_runtime(uid, path);
  setenv("XDG_RUNTIME_DIR", path, 1);
  int folder = open_own(parent, "gantry", uid);
  if (folder < 0) {
    if (mkdirat(parent, "gantry", 0700) < 0 && errno != EEXIST) die(NULL, "make '%s/gantry': %s", path, strerror(errno));
    folder = open_own(parent, "gantry", uid);
  }
  if (folder < 0) die(NULL, "'%s/gantry' is not a folder of this user, closed to others", path);
  close(parent);
  return folder;
}

bool read_text(int folder, const char *path, char *text, size_t size) {
  int fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return false;
  size_t length = 0;
  for (;;) {
    ssize_t got = read(fd, text + length, size - 1 - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) length = 0;
    if (got <= 0) break;
    length += (size_t)got;
  }
  close(fd);
  text[length] = '\0';
  return length > 0;
}
