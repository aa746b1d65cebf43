// A child until it has ended and its pipes are at their end: signals go to it, input into it, output is kept. No JavaScript in here.
#ifndef GANTRY_CHILD_H
#define GANTRY_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { MAX_OUTPUTS = 2 };

typedef struct {
  int fd;
  char *bytes;
  size_t size, room;
} Output;

typedef struct {
  pid_t pid;
  /** A pipe whose bytes are signal numbers for the child; -1 for none. Not closed. */
  int signals;
  /** -1 for none; closed when `bytes` are written or nobody reads them. */
  int input;
  char *bytes;
  size_t size, written;
  /** Closed at their end. */
  Output outputs[MAX_OUTPUTS];
  int output_count;
  /** Of each output: a child that says more is killed. */
  size_t max_bytes;
  /** How long outputs are waited for that others keep open when the child has ended; negative for ever. */
  int drain_ms;
  bool is_too_long, has_ended;
  /** As waitpid has it. */
  int status;
} Child;

/** errno of waitpid, or 0. Alone reaps the child, so that no signal meets a reused pid. */
int child_wait(Child *child);

/** Frees and closes what is left. */
void child_free(Child *child);

#endif
