// See spawn.h. Not posix_spawn: the C library's leaves its own two signals ignored, for good.

#include "spawn.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STACK_BYTES = 64 * 1024, MAX_LEGACY_FDS = 4096, CLOSED = -2 };

/** Above all that the program will have: a descriptor may be wanted at the place of another. */
static int stage_fds(const Program *program, int *staged) {
  for (int index = 0; index < program->count; index++) {
    int fd = program->fds[index];
    staged[index] = fd < 0 ? fd : fcntl(fd, F_DUPFD_CLOEXEC, program->count);
    if (fd >= 0 && staged[index] < 0) return errno;
  }
  return 0;
}

typedef struct {
  const Program *program;
  const int *staged;
  /** What kept it from being started. */
  int number;
} Start;

// What follows up to `start_child` runs in the child, on memory that is the parent's, who stands still until the exec.

static bool place(int from, int to) {
  if (from >= 0) return dup2(from, to) == to;
  if (from == CLOSED) return close(to), true;
  int null = open("/dev/null", O_RDWR);
  if (null < 0 || (null != to && dup2(null, to) < 0)) return false;
  if (null != to) close(null);
  return true;
}

static void close_from(int first) {
  if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
  // Kernels before 5.9. All that is ours is closed on exec anyway.
  for (int fd = first; fd < MAX_LEGACY_FDS; fd++) close(fd);
}

static void reset_signals(void) {
  sigset_t none;
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static const char *search_path(char **environment) {
  for (char **entry = environment; *entry; entry++)
    if (strncmp(*entry, "PATH=", 5) == 0) return *entry + 5;
  return "/usr/sbin:/usr/bin:/sbin:/bin";
}

/** Returns errno. As execvp: what may not be executed is remembered, but another folder may hold a better one. */
static int become(const Program *program) {
  if (strchr(program->file, '/')) return execve(program->file, program->argv, program->environment), errno;
  int number = ENOENT;
  for (const char *at = search_path(program->environment); at; at = strchr(at, ':') ? strchr(at, ':') + 1 : NULL) {
    char path[4096];
    int length = (int)strcspn(at, ":");
    if ((size_t)snprintf(path, sizeof path, "%.*s/%s", length, at, program->file) >= sizeof path) continue;
    execve(path, program->argv, program->environment);
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) return errno;
    if (errno == EACCES) number = EACCES;
  }
  return number;
}

/** The decision on speculation is left to the program's own filter. */
static bool put_under_filter(const Program *program) {
  if (!program->filter) return true;
  unsigned short length = (unsigned short)(program->filter_bytes / sizeof(struct sock_filter));
  struct sock_fprog filter = {length, (struct sock_filter *)program->filter};
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter) == 0;
}

static int run_child(void *data) {
  Start *start = data;
  const Program *program = start->program;
  bool is_placed = true;
  for (int index = 0; index < program->count && is_placed; index++) is_placed = place(start->staged[index], index);
  if (is_placed) close_from(program->count);
  if (!is_placed || (program->folder && chdir(program->folder) < 0)) {
    start->number = errno;
  } else {
    reset_signals();
    start->number = put_under_filter(program) ? become(program) : errno;
  }
  return 127;
}

/** The parent's handlers must not run in the child before they are reset. */
static int start_child(Start *start, pid_t *pid) {
  char *stack = malloc(STACK_BYTES);
  sigset_t all, before;
  if (!stack) abort();
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  *pid = clone(run_child, stack + STACK_BYTES, CLONE_VM | CLONE_VFORK | SIGCHLD, start);
  int number = *pid < 0 ? errno : start->number;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  free(stack);
  if (*pid > 0 && number)
    while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR);
  return number;
}

int spawn_program(const Program *program, pid_t *pid) {
  int *staged = malloc((size_t)(program->count + 1) * sizeof *staged);
  if (!staged) abort();
  memset(staged, -1, (size_t)(program->count + 1) * sizeof *staged);
  int number = stage_fds(program, staged);
  if (number == 0) number = start_child(&(Start){program, staged, 0}, pid);
  for (int index = 0; index < program->count; index++)
    if (staged[index] >= 0) close(staged[index]);
  free(staged);
  return number;
}
