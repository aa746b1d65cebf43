// Starting a program without a copy of our page tables, and knowing at once whether it could be started. No JavaScript in here.
#ifndef GANTRY_SPAWN_H
#define GANTRY_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

typedef struct {
  /** Without a slash: looked for in the PATH of `environment`. */
  const char *file;
  char **argv, **environment;
  /** NULL: ours. */
  const char *folder;
  /** fds[i] becomes descriptor i; -1 stands for /dev/null, -2 for none. The program has no other. */
  const int *fds;
  int count;
  /** struct sock_filter's, under which the program runs (seccomp(2)); NULL for none. */
  const void *filter;
  size_t filter_bytes;
} Program;

/** errno, or 0 with `pid` set. The program has every signal at its default and none blocked. */
int spawn_program(const Program *program, pid_t *pid);

#endif
