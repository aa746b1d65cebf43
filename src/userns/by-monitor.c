// The namespaces by a container's monitor that lives in them. A container can name a program of its own like the monitor, so a process
// is believed by what no container has: the recorded mount namespace, or else the very file that we start, outside of any container.

#include "userns.h"
#include <dirent.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_same(const char *path, const char *other) {
  struct stat one, two;
  return stat(path, &one) == 0 && stat(other, &two) == 0 && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

static bool is_same_of(pid_t pid, const char *what, const char *own) {
  char path[48];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, what);
  return is_same(path, own);
}

/** Of whatever installation, replaced since or not: inode numbers of namespaces are given again, so those alone do not do. */
static bool is_named_monitor(pid_t pid) {
  static const char ending[] = "/libexec/gantry/monitor", deleted[] = " (deleted)";
  char path[40], target[PATH_MAX];
  snprintf(path, sizeof path, "/proc/%d/exe", pid);
  ssize_t length = readlink(path, target, sizeof target - 1);
  if (length < 0) return false;
  target[length] = '\0';
  char *mark = strstr(target, deleted);
  if (mark && mark[sizeof deleted - 1] == '\0') *mark = '\0';
  size_t size = strlen(target);
  return size >= sizeof ending - 1 && strcmp(target + size - (sizeof ending - 1), ending) == 0;
}

/** The one beside this program, with our root folder and among the host's processes. */
static bool is_own_monitor(pid_t pid) {
  char monitor[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", monitor, sizeof monitor - sizeof "monitor");
  if (length < 0) return false;
  monitor[length] = '\0';
  char *name = strrchr(monitor, '/');
  if (!name) return false;
  strcpy(name + 1, "monitor");
  return is_same_of(pid, "exe", monitor) && is_same_of(pid, "root", "/") && is_same_of(pid, "ns/pid", "/proc/self/ns/pid");
}

/** Made by us directly, not by somebody inside of it. */
static bool is_child_of_ours(int user) {
  struct stat own, outer;
  int parent = ioctl(user, NS_GET_PARENT);
  bool is_ours = parent >= 0 && fstat(parent, &outer) == 0 && stat("/proc/self/ns/user", &own) == 0 && own.st_ino == outer.st_ino;
  if (parent >= 0) close(parent);
  return is_ours;
}

static bool is_monitor(pid_t pid, const Pause *pause) {
  return pause ? is_named_monitor(pid) : is_own_monitor(pid);
}

/** Checked again once the namespaces are held: until then the number may have become another's. */
static bool open_of(pid_t pid, const Pause *pause, Namespaces *spaces) {
  if (!is_monitor(pid, pause) || !open_namespaces(pid, pause, spaces)) return false;
  if (is_monitor(pid, pause) && (pause || is_child_of_ours(spaces->user))) return true;
  close(spaces->user), close(spaces->mount);
  return false;
}

bool open_by_monitor(const Pause *pause, Namespaces *spaces) {
  DIR *processes = opendir("/proc");
  if (!processes) return false;
  bool is_found = false;
  for (struct dirent *entry; !is_found && (entry = readdir(processes));) {
    pid_t pid = atoi(entry->d_name);
    is_found = pid > 0 && open_of(pid, pause, spaces);
  }
  closedir(processes);
  return is_found;
}
