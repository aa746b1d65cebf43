// Signals as bytes of a pipe: caught from one moment to another, and kept there until somebody reads them. Node's own listeners cost
// 0.2 ms a signal.

#include "addon.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static int ends[2] = {-1, -1};
static struct sigaction found[NSIG];
static bool is_changed[NSIG];

static void on_signal(int number) {
  int kept = errno;
  uint8_t byte = (uint8_t)number;
  // When the pipe is full there are thousands of them waiting.
  (void)!write(ends[1], &byte, 1);
  errno = kept;
}

static void change_all(napi_env env, napi_value numbers, void (*handler)(int)) {
  uint32_t length = 0;
  napi_get_array_length(env, numbers, &length);
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigfillset(&action.sa_mask);
  for (uint32_t index = 0; index < length; index++) {
    napi_value item;
    int32_t number = 0;
    napi_get_element(env, numbers, index, &item);
    napi_get_value_int32(env, item, &number);
    if (number < 1 || number >= NSIG || is_changed[number]) continue;
    is_changed[number] = sigaction(number, &action, &found[number]) == 0;
  }
}

static void release(void) {
  for (int number = 1; number < NSIG; number++) {
    if (is_changed[number]) sigaction(number, &found[number], NULL);
    is_changed[number] = false;
  }
  for (int end = 0; end < 2; end++) {
    if (ends[end] >= 0) close(ends[end]);
    ends[end] = -1;
  }
}

static napi_value call_catch_signals(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  release();
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) return fail(env, errno, "pipe2", NULL);
  change_all(env, call.value[0], on_signal);
  change_all(env, call.value[1], SIG_IGN);
  napi_value value;
  napi_create_int32(env, ends[0], &value);
  return value;
}

static napi_value call_release_signals(napi_env env, napi_callback_info info) {
  (void)env, (void)info;
  release();
  return NULL;
}

const Function signal_functions[] = {{"catchSignals", call_catch_signals}, {"releaseSignals", call_release_signals}, {0}};
