// Calls that concern this process: namespaces, limits, signals, terminal, exec.

#include "addon.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static napi_value call_set_subreaper(napi_env env, napi_callback_info info) {
  (void)info;
  return prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ? fail(env, errno, "prctl", NULL) : NULL;
}

static napi_value call_kill(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  return kill(call_int(&call, 0), call_int(&call, 1)) < 0 ? fail(env, errno, "kill", NULL) : NULL;
}

static napi_value call_setns(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  return setns(call_int(&call, 0), call_int(&call, 1)) < 0 ? fail(env, errno, "setns", NULL) : NULL;
}

static napi_value call_unshare(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  return unshare(call_int(&call, 0)) < 0 ? fail(env, errno, "unshare", NULL) : NULL;
}

static napi_value call_umask(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  napi_value value;
  napi_create_uint32(env, umask((mode_t)call_int(&call, 0)), &value);
  return value;
}

static void set_number(napi_env env, napi_value object, const char *name, uint32_t number) {
  napi_value value;
  napi_create_uint32(env, number, &value);
  napi_set_named_property(env, object, name, value);
}

static napi_value call_terminal_size(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  struct winsize size;
  if (ioctl(call_int(&call, 0), TIOCGWINSZ, &size) < 0) return NULL;
  napi_value object;
  napi_create_object(env, &object);
  set_number(env, object, "columns", size.ws_col);
  set_number(env, object, "rows", size.ws_row);
  return object;
}

/** The local zone at a time, by the C library: JavaScript knows no abbreviations. */
static napi_value call_local_zone(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  time_t seconds = (time_t)call_int64(&call, 0);
  struct tm local;
  tzset();
  if (!localtime_r(&seconds, &local)) return fail(env, errno, "localtime", NULL);
  napi_value object, value;
  napi_create_object(env, &object);
  napi_create_int64(env, local.tm_gmtoff, &value);
  napi_set_named_property(env, object, "offsetSeconds", value);
  napi_create_string_utf8(env, local.tm_zone, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, object, "name", value);
  return object;
}

static napi_value call_getrlimit(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  struct rlimit limit;
  if (getrlimit(call_int(&call, 0), &limit) < 0) return fail(env, errno, "getrlimit", NULL);
  napi_value object, value;
  napi_create_object(env, &object);
  napi_create_bigint_uint64(env, limit.rlim_cur, &value);
  napi_set_named_property(env, object, "soft", value);
  napi_create_bigint_uint64(env, limit.rlim_max, &value);
  napi_set_named_property(env, object, "hard", value);
  return object;
}

static napi_value call_setrlimit(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  int64_t soft, hard;
  if (!object_bigint(env, call.value[1], "soft", &soft) || !object_bigint(env, call.value[1], "hard", &hard)) return NULL;
  struct rlimit limit = {.rlim_cur = (rlim_t)soft, .rlim_max = (rlim_t)hard};
  return setrlimit(call_int(&call, 0), &limit) < 0 ? fail(env, errno, "setrlimit", NULL) : NULL;
}

static napi_value call_has_x32(napi_env env, napi_callback_info info) {
  (void)info;
  bool has = false;
#ifdef __x86_64__
  has = syscall(0x40000000 | SYS_getpid) > 0;
#endif
  napi_value value;
  napi_get_boolean(env, has, &value);
  return value;
}

/** Node makes 0-2 close-on-exec as all else that it opens, and non-blocking where they are pipes; the next program wants neither. */
static void hand_over(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK)) fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
  fcntl(fd, F_SETFD, 0);
}

static napi_value call_execve(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *file = call_string(&call, 0);
  char **argv = value_strings(env, call.value[1]);
  char **envp = value_strings(env, call.value[2]);
  if (file && argv && envp) {
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int fd = 0; fd < 3; fd++) hand_over(fd);
    execve(file, argv, envp);
    fail(env, errno, "execve", file);
  }
  free(file);
  free_strings(argv);
  free_strings(envp);
  return NULL;
}

static napi_value call_exit(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  _exit(call_int(&call, 0));
}

/** Each thread that allocates gets an arena of its own, and memory that is freed stays in the arena where it was. */
static napi_value call_limit_arenas(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
#ifdef M_ARENA_MAX
  mallopt(M_ARENA_MAX, call_int(&call, 0));
#endif
  return NULL;
}

const Function process_functions[] = {
    {"limitArenas", call_limit_arenas},
    {"setSubreaper", call_set_subreaper},
    {"kill", call_kill},
    {"setns", call_setns},
    {"unshare", call_unshare},
    {"umask", call_umask},
    {"terminalSize", call_terminal_size},
    {"localZone", call_local_zone},
    {"getrlimit", call_getrlimit},
    {"setrlimit", call_setrlimit},
    {"hasX32", call_has_x32},
    {"execve", call_execve},
    {"exit", call_exit},
    {0},
};
