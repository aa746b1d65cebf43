// Work on a thread of its own whose end settles a promise: what may take minutes must not hold one of the four threads of libuv's pool.
#ifndef GANTRY_TASK_H
#define GANTRY_TASK_H

#include "addon.h"

typedef struct Task Task;

/** First member of what a piece of work needs; on the heap. */
struct Task {
  /** On the thread, with all signals blocked. Sets `number` and `syscall` when it fails. */
  void (*run)(Task *task);
  /** On JavaScript's thread: the promise's value; NULL for undefined. */
  napi_value (*value)(napi_env env, Task *task);
  /** Frees the task itself as well; on either thread. */
  void (*drop)(Task *task);
  int number;
  const char *syscall;
  napi_deferred deferred;
  napi_threadsafe_function settle;
};

/** A `drop` for what holds nothing more. */
void task_free(Task *task);

/** The promise; NULL with an exception pending when there is no thread to be had. The task is dropped in any case. */
napi_value task_start(napi_env env, Task *task);

#endif
