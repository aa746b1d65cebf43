// Mounts, extended attributes and other calls by path or descriptor.

#include "task.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

static napi_value call_mount(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *source = call_string(&call, 0), *target = call_string(&call, 1), *type = call_string(&call, 2), *data = call_string(&call, 4);
  if (source && target && type && data && mount(source, target, type, (unsigned long)call_int64(&call, 3), data) < 0)
    fail(env, errno, "mount", target);
  free(source), free(target), free(type), free(data);
  return NULL;
}

static napi_value call_umount(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *target = call_string(&call, 0);
  if (target && umount2(target, call_int(&call, 1)) < 0) fail(env, errno, "umount", target);
  free(target);
  return NULL;
}

/** The kernel's limit for one value and for the list of names (xattr(7)): with this much room there is no race with a writer. */
#define ATTRIBUTE_ROOM 65536

static napi_value call_llistxattr(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *path = call_string(&call, 0);
  if (!path) return NULL;
  char names[ATTRIBUTE_ROOM];
  ssize_t size = llistxattr(path, names, sizeof names);
  napi_value array = NULL;
  if (size < 0) fail(env, errno, "llistxattr", path);
  else napi_create_array(env, &array);
  uint32_t index = 0;
  for (ssize_t at = 0; at < size; at += (ssize_t)strlen(names + at) + 1) {
    napi_value value;
    napi_create_string_utf8(env, names + at, NAPI_AUTO_LENGTH, &value);
    napi_set_element(env, array, index++, value);
  }
  free(path);
  return array;
}

static napi_value call_lgetxattr(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *path = call_string(&call, 0), *key = call_string(&call, 1);
  napi_value buffer = NULL;
  if (path && key) {
    char value[ATTRIBUTE_ROOM];
    ssize_t size = lgetxattr(path, key, value, sizeof value);
    if (size < 0) fail(env, errno, "lgetxattr", path);
    else napi_create_buffer_copy(env, (size_t)size, value, NULL, &buffer);
  }
  free(path), free(key);
  return buffer;
}

static napi_value call_lsetxattr(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *path = call_string(&call, 0), *key = call_string(&call, 1);
  void *value;
  size_t size;
  if (path && key && value_bytes(env, call.value[2], &value, &size) &&
      lsetxattr(path, key, value, size, 0) < 0)
    fail(env, errno, "lsetxattr", path);
  free(path), free(key);
  return NULL;
}

static napi_value call_statfs_type(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *path = call_string(&call, 0);
  struct statfs facts;
  napi_value value = NULL;
  if (path) {
    if (statfs(path, &facts) < 0) fail(env, errno, "statfs", path);
    else napi_create_int64(env, facts.f_type, &value);
  }
  free(path);
  return value;
}

static napi_value call_lseek(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  off_t offset = lseek(call_int(&call, 0), (off_t)call_int64(&call, 1), call_int(&call, 2));
  if (offset < 0 && errno != ENXIO) return fail(env, errno, "lseek", NULL);
  napi_value value;
  napi_create_int64(env, offset, &value);
  return value;
}

static napi_value call_syncfs(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  return syncfs(call_int(&call, 0)) < 0 ? fail(env, errno, "syncfs", NULL) : NULL;
}

typedef struct {
  Task task;
  int fd;
} Sync;

static void run_sync(Task *task) { task->number = syncfs(((Sync *)task)->fd) < 0 ? errno : 0; }

static napi_value call_syncfs_async(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  Sync *sync = calloc(1, sizeof *sync);
  if (!sync) abort();
  *sync = (Sync){{.run = run_sync, .drop = task_free, .syscall = "syncfs"}, call_int(&call, 0)};
  return task_start(env, &sync->task);
}

/** Content only: the disk may still have it in a cache of its own, and the file's size is the journal's matter. */
static napi_value call_write_back(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  unsigned flags = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  return sync_file_range(call_int(&call, 0), 0, 0, flags) < 0 ? fail(env, errno, "sync_file_range", NULL) : NULL;
}

/** Begins to write a file's content to the disk; waits for nothing but a place in the disk's queue. */
static void run_write_back(Task *task) { task->number = sync_file_range(((Sync *)task)->fd, 0, 0, SYNC_FILE_RANGE_WRITE) < 0 ? errno : 0; }

static napi_value call_write_back_async(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  Sync *sync = calloc(1, sizeof *sync);
  if (!sync) abort();
  *sync = (Sync){{.run = run_write_back, .drop = task_free, .syscall = "sync_file_range"}, call_int(&call, 0)};
  return task_start(env, &sync->task);
}

/** chattr +T. Only a hint: most file systems know no such attribute. */
static napi_value call_spread_folders(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  int fd = call_int(&call, 0), flags;
  if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0 || flags & FS_TOPDIR_FL) return NULL;
  flags |= FS_TOPDIR_FL;
  ioctl(fd, FS_IOC_SETFLAGS, &flags);
  return NULL;
}

static napi_value call_lchown(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *path = call_string(&call, 0);
  if (path && lchown(path, (uid_t)call_int64(&call, 1), (gid_t)call_int64(&call, 2)) < 0) fail(env, errno, "lchown", path);
  free(path);
  return NULL;
}

/** The whole file; false with an exception pending. It stays mapped for good, so it must be replaced by renaming, never written to. */
static bool map_whole(napi_env env, int fd, char **start, size_t *size) {
  struct stat facts;
  *start = MAP_FAILED;
  if (fstat(fd, &facts) == 0) *start = mmap(NULL, *size = (size_t)facts.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (*start == MAP_FAILED) fail(env, errno, "mmap", NULL);
  return *start != MAP_FAILED;
}

static napi_value call_map_text(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *text;
  size_t size;
  napi_value string = NULL;
  if (map_whole(env, call_int(&call, 0), &text, &size)) node_api_create_external_string_latin1(env, text, size, NULL, NULL, &string, NULL);
  return string;
}

static napi_value call_map_bytes(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *bytes;
  size_t size;
  napi_value buffer = NULL;
  if (map_whole(env, call_int(&call, 0), &bytes, &size)) napi_create_external_buffer(env, size, bytes, NULL, NULL, &buffer);
  return buffer;
}

const Function file_functions[] = {
    {"mapText", call_map_text},
    {"mapBytes", call_map_bytes},
    {"mount", call_mount},
    {"umount", call_umount},
    {"llistxattr", call_llistxattr},
    {"lgetxattr", call_lgetxattr},
    {"lsetxattr", call_lsetxattr},
    {"statfsType", call_statfs_type},
    {"lseek", call_lseek},
    {"syncfs", call_syncfs},
    {"syncfsAsync", call_syncfs_async},
    {"writeBack", call_write_back},
    {"writeBackAsync", call_write_back_async},
    {"spreadFolders", call_spread_folders},
    {"lchown", call_lchown},
    {0},
};
