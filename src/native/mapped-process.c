// See mapped-process.h.

#include "mapped-process.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int failed(IdMaps *maps, const char *what) {
  maps->failed = what;
  return -1;
}

static int write_map(pid_t pid, const char *name, const char *map) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t written = write(fd, map, strlen(map));
  int error = errno;
  close(fd);
  errno = error;
  return written < 0 ? -1 : 0;
}

static int map_and_use(pid_t pid, IdMaps *maps, UseProcess *use, void *facts) {
  if (write_map(pid, "uid_map", maps->uids) < 0) return failed(maps, "uid_map");
  if (write_map(pid, "gid_map", maps->gids) < 0) return failed(maps, "gid_map");
  return use(pid, maps, facts);
}

/** A namespace is its first process's until somebody holds it open. That process ends with the pipe, also when we die. */
int with_mapped_process(int flags, IdMaps *maps, UseProcess *use, void *facts) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return failed(maps, "pipe2");
  pid_t child = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | flags | SIGCHLD, NULL, NULL, NULL, 0);
  if (child == 0) {
    char byte;
    close(ends[1]);
    while (read(ends[0], &byte, 1) < 0 && errno == EINTR) continue;
    _exit(0);
  }
  int result = child < 0 ? failed(maps, "clone") : map_and_use(child, maps, use, facts);
  int error = errno;
  close(ends[0]);
  close(ends[1]);
  if (child > 0) waitpid(child, NULL, 0);
  errno = error;
  return result;
}
