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

// The same numbers on every architecture; older headers lack the names.
#define SYS_FCHMODAT2 452
#define SYS_SETXATTRAT 463

typedef struct {
  const char *key;
  void *value;
  size_t size;
} Attribute;

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
  char *name = from ? value_string(env, object_property(env, call.value[2], "name")) : NULL;
  int folder = (int)object_int(env, call.value[2], "dirFd", -1);
  if (from && name && linkat(call_int(&call, 0), from, folder, name, 0) < 0) fail(env, errno, "linkat", name);
  free(from), free(name);
  return NULL;
}

/** Gives an open file without a name one. */
static napi_value call_link_descriptor(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *path = call_string(&call, 1), from[32];
  snprintf(from, sizeof from, "/proc/self/fd/%d", call_int(&call, 0));
  if (path && linkat(AT_FDCWD, from, AT_FDCWD, path, AT_SYMLINK_FOLLOW) < 0) fail(env, errno, "linkat", path);
  free(path);
  return NULL;
}

static napi_value call_exchange(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *one = call_string(&call, 0), *other = call_string(&call, 1);
  if (one && other && renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) < 0) fail(env, errno, "renameat2", one);
  free(one), free(other);
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

/** fchmodat2(2) is one call, but new in Linux 6.6; glibc's way around it is four. A link has no mode of its own (EOPNOTSUPP). */
static int chmod_no_follow(int folder, const char *name, mode_t mode) {
  static bool is_missing;
  if (!is_missing) {
    if (syscall(SYS_FCHMODAT2, folder, name, mode, AT_SYMLINK_NOFOLLOW) == 0) return 0;
    if (errno != ENOSYS) return -1;
    is_missing = true;
  }
  return fchmodat(folder, name, mode, AT_SYMLINK_NOFOLLOW);
}

static napi_value call_fchmodat(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *name = call_string(&call, 1);
  if (name && chmod_no_follow(call_int(&call, 0), name, (mode_t)call_int(&call, 2)) < 0 && errno != EOPNOTSUPP)
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
  int64_t accessed, modified;
  if (!name || !object_bigint(env, call.value[2], "atimeNs", &accessed) || !object_bigint(env, call.value[2], "mtimeNs", &modified))
    return free(name), NULL;
  struct timespec times[2] = {time_of(accessed), time_of(modified)};
  if (utimensat(call_int(&call, 0), name, times, AT_SYMLINK_NOFOLLOW) < 0) fail(env, errno, "utimensat", name);
  free(name);
  return NULL;
}

/** setxattrat(2) is new in Linux 6.13. Before, the folder is named through /proc/self/fd; the last component is followed in neither case. */
static int set_attribute(int folder, const char *name, const Attribute *attribute) {
  static bool is_missing;
  struct {
    uint64_t value;
    uint32_t size, flags;
  } arguments = {(uintptr_t)attribute->value, (uint32_t)attribute->size, 0};
  if (!is_missing) {
    if (syscall(SYS_SETXATTRAT, folder, name, AT_SYMLINK_NOFOLLOW, attribute->key, &arguments, sizeof arguments) == 0) return 0;
    if (errno != ENOSYS) return -1;
    is_missing = true;
  }
  char *path = NULL;
  if (asprintf(&path, "/proc/self/fd/%d/%s", folder, name) < 0) abort();
  int result = lsetxattr(path, attribute->key, attribute->value, attribute->size, 0), number = errno;
  free(path);
  errno = number;
  return result;
}

static napi_value call_lsetxattrat(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  Attribute attribute = {0};
  char *name = call_string(&call, 1);
  char *key = name ? value_string(env, object_property(env, call.value[2], "key")) : NULL;
  attribute.key = key;
  if (key && value_bytes(env, object_property(env, call.value[2], "value"), &attribute.value, &attribute.size) &&
      set_attribute(call_int(&call, 0), name, &attribute) < 0)
    fail(env, errno, "lsetxattr", name);
  free(name), free(key);
  return NULL;
}

const Function at_functions[] = {
    {"openat2", call_openat2},
    {"mkdirat", call_mkdirat},
    {"mknodat", call_mknodat},
    {"symlinkat", call_symlinkat},
    {"linkat", call_linkat},
    {"linkDescriptor", call_link_descriptor},
    {"exchange", call_exchange},
    {"unlinkat", call_unlinkat},
    {"fchownat", call_fchownat},
    {"fchmodat", call_fchmodat},
    {"utimensat", call_utimensat},
    {"lsetxattrat", call_lsetxattrat},
    {0},
};
