// flock(2), at once or on a thread of its own: a lock may be waited for for minutes, and libuv's pool has four threads.

#include "addon.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>

static int flock_retry(int fd, int operation) {
  int result;
  do result = flock(fd, operation);
  while (result < 0 && errno == EINTR);
  return result < 0 ? errno : 0;
}

static napi_value call_flock(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  int number = flock_retry(call_int(&call, 0), call_int(&call, 1));
  return number ? fail(env, number, "flock", NULL) : NULL;
}

typedef struct {
  int fd, operation, number;
  napi_deferred deferred;
  napi_threadsafe_function settle;
} Wait;

/** Runs on the thread of JavaScript thread, once the lock is held or refused. */
static void settle_wait(napi_env env, napi_value callback, void *context, void *data) {
  (void)callback, (void)context;
  Wait *wait = data;
  if (env) {
    napi_value value;
    napi_get_undefined(env, &value);
    if (wait->number) napi_reject_deferred(env, wait->deferred, make_error(env, wait->number, "flock", NULL));
    else napi_resolve_deferred(env, wait->deferred, value);
  }
  free(wait);
}

static void *wait_thread(void *data) {
  Wait *wait = data;
  napi_threadsafe_function settle = wait->settle;
  wait->number = flock_retry(wait->fd, wait->operation);
  // napi_closing: the environment is going away, and our share of the function has been taken back already.
  if (napi_call_threadsafe_function(settle, wait, napi_tsfn_blocking) == napi_ok) napi_release_threadsafe_function(settle, napi_tsfn_release);
  else free(wait);
  return NULL;
}

/** All signals blocked: they are the main thread's. */
static int start_thread(Wait *wait) {
  pthread_t thread;
  pthread_attr_t attributes;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 64 * 1024);
  int number = pthread_create(&thread, &attributes, wait_thread, wait);
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return number;
}

static napi_value call_flock_async(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  Wait *wait = calloc(1, sizeof *wait);
  if (!wait) abort();
  wait->fd = call_int(&call, 0);
  wait->operation = call_int(&call, 1);
  napi_value promise, name;
  napi_create_promise(env, &wait->deferred, &promise);
  napi_create_string_utf8(env, "flock", NAPI_AUTO_LENGTH, &name);
  napi_create_threadsafe_function(env, NULL, NULL, name, 0, 1, NULL, NULL, NULL, settle_wait, &wait->settle);
  int number = start_thread(wait);
  if (number == 0) return promise;
  napi_release_threadsafe_function(wait->settle, napi_tsfn_abort);
  free(wait);
  return fail(env, number, "pthread_create", NULL);
}

const Function lock_functions[] = {{"flock", call_flock}, {"flockAsync", call_flock_async}, {0}};
