// The *at family: one path component below an open folder, never following a link. What unpacking a hostile layer stands on.

#include "addon.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

static napi_value call_openat2(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *path = call_string(&call, 1);
  if (!path) return NULL;
  struct open_how how = {
      .flags = (uint64_t)object_int(env, call.value[2], "flags", 0) | O_CLOEXEC,
      .mode = (uint64_t)object_int(env, call.value[2], "mode", 0),
      .resolve = (uint64_t)object_int(env, call.value[2], "resolve", 0),
  };
  long fd;
  int tries = 0;
  // EAGAIN: a rename raced with the look-up (openat2(2)); the kernel asks to try again.
  do fd = syscall(SYS_openat2, call_int(&call, 0), path, &how, sizeof how);
  while (fd < 0 && (errno == EINTR || (errno == EAGAIN && ++tries < 128)));
  napi_value value = NULL;
  if (fd < 0) fail(env, errno, "openat2", path);
  else napi_create_int32(env, (int32_t)fd, &value);
  free(path);
  return value;
}

static napi_value call_mkdirat(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *name = call_string(&call, 1);
  if (name && mkdirat(call_int(&call, 0), name, (mode_t)call_int(&call, 2)) < 0) fail(env, errno, "mkdirat", name);
  free(name);
  return NULL;
}

static napi_value call_mknodat(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *name = call_string(&call, 1);
  dev_t device = makedev((unsigned)object_int(env, call.value[2], "major", 0), (unsigned)object_int(env, call.value[2], "minor", 0));
  mode_t mode = (mode_t)object_int(env, call.value[2], "mode", 0);
  if (name && mknodat(call_int(&call, 0), name, mode, device) < 0) fail(env, errno, "mknodat", name);
  free(name);
  return NULL;
}

static napi_value call_symlinkat(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *target = call_string(&call, 0), *name = call_string(&call, 2);
  if (target && name && symlinkat(target, call_int(&call, 1), name) < 0) fail(env, errno, "symlinkat", name);
  free(target), free(name);
  return NULL;
}

static napi_value call_linkat(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *from = call_string(&call, 1);
  Call to = {.env = env};
  napi_get_named_property(env, call.value[2], "name", &to.value[0]);
  char *name = call_string(&to, 0);
  int folder = (int)object_int(env, call.value[2], "dirFd", -1);
  if (from && name && linkat(call_int(&call, 0), from, folder, name, 0) < 0) fail(env, errno, "linkat", name);
  free(from), free(name);
  return NULL;
}

static napi_value call_unlinkat(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *name = call_string(&call, 1);
  bool is_folder = false;
  napi_get_value_bool(env, call.value[2], &is_folder);
  if (name && unlinkat(call_int(&call, 0), name, is_folder ? AT_REMOVEDIR : 0) < 0) fail(env, errno, "unlinkat", name);
  free(name);
  return NULL;
}

static napi_value call_fchownat(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *name = call_string(&call, 1);
  uid_t uid = (uid_t)object_int(env, call.value[2], "uid", -1);
  gid_t gid = (gid_t)object_int(env, call.value[2], "gid", -1);
  if (name && fchownat(call_int(&call, 0), name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0) fail(env, errno, "fchownat", name);
  free(name);
  return NULL;
}

/** A link has no mode of its own (EOPNOTSUPP before Linux 6.6, a success without effect on some file systems after). */
static napi_value call_fchmodat(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *name = call_string(&call, 1);
  if (name && fchmodat(call_int(&call, 0), name, (mode_t)call_int(&call, 2), AT_SYMLINK_NOFOLLOW) < 0 && errno != EOPNOTSUPP)
    fail(env, errno, "fchmodat", name);
  free(name);
  return NULL;
}

static struct timespec time_of(int64_t ns) {
  struct timespec time = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
  if (time.tv_nsec < 0) time.tv_sec--, time.tv_nsec += 1000000000;
  return time;
}

static napi_value call_utimensat(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *name = call_string(&call, 1);
  struct timespec times[2] = {time_of(object_bigint(env, call.value[2], "atimeNs")), time_of(object_bigint(env, call.value[2], "mtimeNs"))};
  if (name && utimensat(call_int(&call, 0), name, times, AT_SYMLINK_NOFOLLOW) < 0) fail(env, errno, "utimensat", name);
  free(name);
  return NULL;
}

/** There is no setxattrat before Linux 6.13: the folder is named through /proc/self/fd, the last component is not followed. */
static napi_value call_lsetxattrat(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *name = call_string(&call, 1);
  Call attribute = {.env = env};
  napi_get_named_property(env, call.value[2], "key", &attribute.value[0]);
  napi_get_named_property(env, call.value[2], "value", &attribute.value[1]);
  char *key = call_string(&attribute, 0);
  void *value;
  size_t size;
  if (name && key && napi_get_typedarray_info(env, attribute.value[1], NULL, &size, &value, NULL, NULL) == napi_ok) {
    size_t length = strlen(name) + 64;
    char *path = malloc(length);
    snprintf(path, length, "/proc/self/fd/%d/%s", call_int(&call, 0), name);
    if (lsetxattr(path, key, value, size, 0) < 0) fail(env, errno, "lsetxattr", name);
    free(path);
  }
  free(name), free(key);
  return NULL;
}

const Function at_functions[] = {
    {"openat2", call_openat2},
    {"mkdirat", call_mkdirat},
    {"mknodat", call_mknodat},
    {"symlinkat", call_symlinkat},
    {"linkat", call_linkat},
    {"unlinkat", call_unlinkat},
    {"fchownat", call_fchownat},
    {"fchmodat", call_fchmodat},
    {"utimensat", call_utimensat},
    {"lsetxattrat", call_lsetxattrat},
    {0},
};
