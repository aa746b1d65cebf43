// flock(2), at once or on a thread: a lock may be waited for for minutes. And a shared lock of the other kind, fcntl(2)'s, which
// podman's store has: of the open file, so that another descriptor's close does not drop it.

#include "task.h"
#include <errno.h>
#include <fcntl.h>
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
  Task task;
  int fd, operation;
} Wait;

static void run_wait(Task *task) {
  Wait *wait = (Wait *)task;
  task->number = flock_retry(wait->fd, wait->operation);
}

static napi_value call_flock_async(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  Wait *wait = calloc(1, sizeof *wait);
  if (!wait) abort();
  *wait = (Wait){{.run = run_wait, .drop = task_free, .syscall = "flock"}, call_int(&call, 0), call_int(&call, 1)};
  return task_start(env, &wait->task);
}

static void run_record_wait(Task *task) {
  Wait *wait = (Wait *)task;
  struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
  int result;
  do result = fcntl(wait->fd, F_OFD_SETLKW, &lock);
  while (result < 0 && errno == EINTR);
  task->number = result < 0 ? errno : 0;
}

static napi_value call_lock_record_async(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  Wait *wait = calloc(1, sizeof *wait);
  if (!wait) abort();
  *wait = (Wait){{.run = run_record_wait, .drop = task_free, .syscall = "fcntl"}, call_int(&call, 0), 0};
  return task_start(env, &wait->task);
}

const Function lock_functions[] = {
    {"flock", call_flock}, {"flockAsync", call_flock_async}, {"lockRecordAsync", call_lock_record_async}, {0}};
