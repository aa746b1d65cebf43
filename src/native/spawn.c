// See spawn.h. posix_spawn of the C library is a vfork with all the care that it takes.

#include "spawn.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** Above all that the program will have: a descriptor may be wanted at the place of another. */
static int stage_fds(const Program *program, int *staged) {
  for (int index = 0; index < program->count; index++) {
    int fd = program->fds[index];
    staged[index] = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, program->count);
    if (fd >= 0 && staged[index] < 0) return errno;
  }
  return 0;
}

static int place_fds(posix_spawn_file_actions_t *actions, const int *staged, int count) {
  int number = 0;
  for (int index = 0; index < count && number == 0; index++) {
    number = staged[index] < 0 ? posix_spawn_file_actions_addopen(actions, index, "/dev/null", O_RDWR, 0)
                               : posix_spawn_file_actions_adddup2(actions, staged[index], index);
  }
  return number ? number : posix_spawn_file_actions_addclosefrom_np(actions, count);
}

static void reset_signals(posix_spawnattr_t *attributes) {
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(attributes, &all);
  posix_spawnattr_setsigmask(attributes, &none);
  posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

static const char *search_path(char **environment) {
  for (char **entry = environment; *entry; entry++)
    if (strncmp(*entry, "PATH=", 5) == 0) return *entry + 5;
  return "/usr/sbin:/usr/bin:/sbin:/bin";
}

typedef struct {
  const Program *program;
  const posix_spawn_file_actions_t *actions;
  const posix_spawnattr_t *attributes;
} Start;

static int start_at(const Start *start, const char *path, pid_t *pid) {
  return posix_spawn(pid, path, start->actions, start->attributes, start->program->argv, start->program->environment);
}

/** As execvp: what may not be executed is remembered, but another folder may hold a better one. */
static int start_found(const Start *start, pid_t *pid) {
  const char *file = start->program->file;
  if (strchr(file, '/')) return start_at(start, file, pid);
  int number = ENOENT;
  for (const char *at = search_path(start->program->environment); at; at = strchr(at, ':') ? strchr(at, ':') + 1 : NULL) {
    char path[4096];
    int length = (int)strcspn(at, ":");
    if ((size_t)snprintf(path, sizeof path, "%.*s/%s", length, at, file) >= sizeof path) continue;
    int result = start_at(start, path, pid);
    if (result == 0 || (result != ENOENT && result != ENOTDIR && result != EACCES)) return result;
    if (result == EACCES) number = EACCES;
  }
  return number;
}

static int spawn_staged(const Program *program, const int *staged, pid_t *pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  reset_signals(&attributes);
  int number = place_fds(&actions, staged, program->count);
  if (number == 0 && program->folder) number = posix_spawn_file_actions_addchdir_np(&actions, program->folder);
  if (number == 0) number = start_found(&(Start){program, &actions, &attributes}, pid);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return number;
}

int spawn_program(const Program *program, pid_t *pid) {
  int *staged = malloc((size_t)(program->count + 1) * sizeof *staged);
  if (!staged) abort();
  memset(staged, -1, (size_t)(program->count + 1) * sizeof *staged);
  int number = stage_fds(program, staged);
  if (number == 0) number = spawn_staged(program, staged, pid);
  for (int index = 0; index < program->count; index++)
    if (staged[index] >= 0) close(staged[index]);
  free(staged);
  return number;
}
