// Who the pause process is. Its namespaces are opened first and the process is checked afterwards: start time and pid together are never
// given twice, so what was opened belonged to it.

#include "userns.h"
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

bool read_pause(int folder, Pause *pause) {
  char text[160], end;
  if (!read_text(folder, "pause.pid", text, sizeof text)) return false;
  return sscanf(text, "%d %llu %llu %llu%c", &pause->pid, &pause->started, &pause->user, &pause->mount, &end) == 5 && end == '\n' && pause->pid > 0;
}

/** The command's name, field 2, may hold anything: count from the last parenthesis. */
unsigned long long start_time(pid_t pid) {
  char path[40], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  if (!read_text(AT_FDCWD, path, text, sizeof text)) return 0;
  const char *at = strrchr(text, ')');
  for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
  return at ? strtoull(at, NULL, 10) : 0;
}

static bool has_name(pid_t pid, const char *name) {
  char path[40], text[64];
  snprintf(path, sizeof path, "/proc/%d/comm", pid);
  return read_text(AT_FDCWD, path, text, sizeof text) && strncmp(text, name, strlen(name)) == 0 && strcmp(text + strlen(name), "\n") == 0;
}

/** Inode 0: whichever it is. */
static int open_namespace(pid_t pid, const char *kind, unsigned long long inode) {
  char path[48];
  struct stat facts;
  snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, kind);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd >= 0 && fstat(fd, &facts) == 0 && (inode == 0 || facts.st_ino == inode)) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

static bool is_owned(int user) {
  uid_t owner;
  return ioctl(user, NS_GET_OWNER_UID, &owner) == 0 && owner == getuid();
}

bool open_namespaces(pid_t pid, const Pause *pause, Namespaces *spaces) {
  spaces->user = open_namespace(pid, "user", pause ? pause->user : 0);
  spaces->mount = open_namespace(pid, "mnt", pause ? pause->mount : 0);
  if (spaces->user >= 0 && spaces->mount >= 0 && is_owned(spaces->user)) return true;
  if (spaces->user >= 0) close(spaces->user);
  if (spaces->mount >= 0) close(spaces->mount);
  return false;
}

bool open_pause(const Pause *pause, Namespaces *spaces) {
  if (!open_namespaces(pause->pid, pause, spaces)) return false;
  if (has_name(pause->pid, PAUSE_NAME) && start_time(pause->pid) == pause->started) return true;
  close(spaces->user), close(spaces->mount);
  return false;
}

bool is_in_session(const Pause *pause) {
  char path[40], text[4096];
  snprintf(path, sizeof path, "/proc/%d/cgroup", pause->pid);
  const char *session = read_text(AT_FDCWD, path, text, sizeof text) ? strstr(text, "/session-") : NULL;
  return session && strstr(session, ".scope");
}
