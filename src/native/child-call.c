// spawn and waitChild for JavaScript.

#include "child.h"
#include "spawn.h"
#include "task.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static int *value_ints(napi_env env, napi_value array, int *count) {
  uint32_t length = 0;
  napi_get_array_length(env, array, &length);
  int *list = calloc(length + 1, sizeof *list);
  if (!list) abort();
  for (uint32_t index = 0; index < length; index++) {
    napi_value item;
    napi_get_element(env, array, index, &item);
    list[index] = -1;
    napi_get_value_int32(env, item, &list[index]);
  }
  *count = (int)length;
  return list;
}

static bool is_given(napi_env env, napi_value value) {
  napi_valuetype type;
  return napi_typeof(env, value, &type) == napi_ok && type != napi_undefined;
}

static napi_value call_spawn(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  napi_value program = call.value[0], folder_value = object_property(env, program, "folder"), value = NULL;
  bool has_folder = is_given(env, folder_value);
  int count;
  char *file = value_string(env, object_property(env, program, "file"));
  char **argv = file ? value_strings(env, object_property(env, program, "argv")) : NULL;
  char **environment = argv ? value_strings(env, object_property(env, program, "environment")) : NULL;
  char *folder = environment && has_folder ? value_string(env, folder_value) : NULL;
  int *fds = value_ints(env, object_property(env, program, "fds"), &count);
  napi_value filter_value = object_property(env, program, "filter");
  void *filter = NULL;
  size_t filter_bytes = 0;
  bool has_filter = is_given(env, filter_value);
  bool is_readable = !has_filter || (environment && value_bytes(env, filter_value, &filter, &filter_bytes));
  if (environment && is_readable && (folder || !has_folder)) {
    pid_t pid;
    int number = spawn_program(&(Program){file, argv, environment, folder, fds, count, filter, filter_bytes}, &pid);
    if (number) fail(env, number, "spawn", file);
    else napi_create_int32(env, pid, &value);
  }
  free(file), free(folder), free(fds);
  free_strings(argv);
  free_strings(environment);
  return value;
}

typedef struct {
  Task task;
  Child child;
} Watch;

static void run_watch(Task *task) { task->number = child_wait(&((Watch *)task)->child); }

static void drop_watch(Task *task) {
  child_free(&((Watch *)task)->child);
  free(task);
}

static void set_value(napi_env env, napi_value object, const char *name, int32_t number) {
  napi_value value;
  napi_create_int32(env, number, &value);
  napi_set_named_property(env, object, name, value);
}

static napi_value watch_value(napi_env env, Task *task) {
  const Child *child = &((Watch *)task)->child;
  napi_value end, outputs, value;
  napi_create_object(env, &end);
  int signal = WIFSIGNALED(child->status) ? WTERMSIG(child->status) : 0;
  set_value(env, end, "signal", signal);
  set_value(env, end, "exitCode", signal ? 128 + signal : WEXITSTATUS(child->status));
  napi_get_boolean(env, child->is_too_long, &value);
  napi_set_named_property(env, end, "isTooLong", value);
  napi_create_array(env, &outputs);
  for (int index = 0; index < child->output_count; index++) {
    const Output *output = &child->outputs[index];
    napi_create_buffer_copy(env, output->size, output->bytes ? output->bytes : "", NULL, &value);
    napi_set_element(env, outputs, (uint32_t)index, value);
  }
  napi_set_named_property(env, end, "outputs", outputs);
  return end;
}

/** False with an exception pending. */
static bool read_input(napi_env env, napi_value options, Child *child) {
  napi_value input = object_property(env, options, "input");
  void *bytes;
  if (!is_given(env, input)) return true;
  if (!value_bytes(env, object_property(env, input, "bytes"), &bytes, &child->size)) return false;
  child->input = (int)object_int(env, input, "fd", -1);
  child->bytes = malloc(child->size + 1);
  if (!child->bytes) abort();
  memcpy(child->bytes, bytes, child->size);
  return true;
}

static napi_value call_wait_child(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  napi_value options = call.value[1];
  Watch *watch = calloc(1, sizeof *watch);
  if (!watch) abort();
  watch->task = (Task){.run = run_watch, .value = watch_value, .drop = drop_watch, .syscall = "waitpid"};
  watch->child = (Child){.pid = call_int(&call, 0), .input = -1};
  Child *child = &watch->child;
  child->signals = (int)object_int(env, options, "signals", -1);
  child->max_bytes = (size_t)object_int(env, options, "maxBytes", INT64_MAX);
  child->drain_ms = (int)object_int(env, options, "drainMs", -1);
  int *fds = value_ints(env, object_property(env, options, "outputs"), &child->output_count);
  if (child->output_count > MAX_OUTPUTS) child->output_count = MAX_OUTPUTS;
  for (int index = 0; index < child->output_count; index++) child->outputs[index].fd = fds[index];
  free(fds);
  if (read_input(env, options, child)) return task_start(env, &watch->task);
  drop_watch(&watch->task);
  return NULL;
}

const Function child_functions[] = {{"spawn", call_spawn}, {"waitChild", call_wait_child}, {0}};
