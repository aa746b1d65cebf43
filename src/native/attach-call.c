// attach for JavaScript.

#include "attach.h"
#include "task.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  Task task;
  AttachPlan plan;
  AttachEnd end;
} Session;

static void run_session(Task *task) {
  Session *session = (Session *)task;
  // Whoever reads a terminal from the background is stopped, as any program: blocked, these would make an error of it.
  sigset_t job;
  sigemptyset(&job);
  sigaddset(&job, SIGTTIN);
  sigaddset(&job, SIGTTOU);
  pthread_sigmask(SIG_UNBLOCK, &job, NULL);
  attach_run(&session->plan, &session->end);
}

static napi_value session_value(napi_env env, Task *task) {
  static const char *const names[] = {
      [ATTACH_EXITED] = "exited", [ATTACH_DETACHED] = "detached", [ATTACH_OUTPUT_CLOSED] = "output-closed", [ATTACH_LOST] = "lost", [ATTACH_LEFT] = "left"};
  const AttachEnd *end = &((Session *)task)->end;
  napi_value object, value;
  napi_create_object(env, &object);
  napi_create_string_utf8(env, names[end->status], NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, object, "status", value);
  napi_create_string_utf8(env, end->text, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, object, "text", value);
  napi_create_buffer_copy(env, end->unsent_count, end->unsent, NULL, &value);
  napi_set_named_property(env, object, "unsent", value);
  return object;
}

static int fd_of(napi_env env, napi_value options, const char *name) { return (int)object_int(env, options, name, -1); }

static napi_value call_attach(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  napi_value options = call.value[0];
  void *keys;
  size_t key_count;
  if (!value_bytes(env, object_property(env, options, "detachKeys"), &keys, &key_count)) return NULL;
  if (key_count > MAX_KEYS) return fail(env, EINVAL, "attach", NULL);
  Session *session = calloc(1, sizeof *session);
  if (!session) abort();
  session->task = (Task){.run = run_session, .value = session_value, .drop = task_free};
  session->plan = (AttachPlan){
      .socket = fd_of(env, options, "socket"),
      .control = fd_of(env, options, "control"),
      .commands = fd_of(env, options, "commands"),
      .signals = fd_of(env, options, "signals"),
      .input = fd_of(env, options, "stdin"),
      .outputs = {fd_of(env, options, "stdout"), fd_of(env, options, "stderr")},
      .window = fd_of(env, options, "window"),
      .key_count = key_count,
  };
  memcpy(session->plan.keys, keys, key_count);
  return task_start(env, &session->task);
}

const Function attach_functions[] = {{"attach", call_attach}, {0}};
