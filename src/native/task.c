// See task.h.

#include "task.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

void task_free(Task *task) { free(task); }

static void settle_task(napi_env env, napi_value callback, void *context, void *data) {
  (void)callback, (void)context;
  Task *task = data;
  if (env && task->number) {
    napi_reject_deferred(env, task->deferred, make_error(env, task->number, task->syscall, NULL));
  } else if (env) {
    napi_value value = task->value ? task->value(env, task) : NULL;
    if (!value) napi_get_undefined(env, &value);
    napi_resolve_deferred(env, task->deferred, value);
  }
  task->drop(task);
}

static void *task_thread(void *data) {
  Task *task = data;
  napi_threadsafe_function settle = task->settle;
  task->run(task);
  // napi_closing: the environment is going away, and our share of the function has been taken back already.
  if (napi_call_threadsafe_function(settle, task, napi_tsfn_blocking) == napi_ok) napi_release_threadsafe_function(settle, napi_tsfn_release);
  else task->drop(task);
  return NULL;
}

/** All signals blocked: they are the main thread's. */
static int start_thread(Task *task) {
  pthread_t thread;
  pthread_attr_t attributes;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 64 * 1024);
  int number = pthread_create(&thread, &attributes, task_thread, task);
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return number;
}

napi_value task_start(napi_env env, Task *task) {
  napi_value promise, name;
  napi_create_promise(env, &task->deferred, &promise);
  napi_create_string_utf8(env, "gantry", NAPI_AUTO_LENGTH, &name);
  napi_create_threadsafe_function(env, NULL, NULL, name, 0, 1, NULL, NULL, NULL, settle_task, &task->settle);
  int number = start_thread(task);
  if (number == 0) return promise;
  napi_release_threadsafe_function(task->settle, napi_tsfn_abort);
  task->drop(task);
  return fail(env, number, "pthread_create", NULL);
}
