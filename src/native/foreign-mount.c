// A mount of another process's mount namespace, mounted in ours as well: what a bind of /proc/PID/root/… may not do (EINVAL).
#include "addon.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/** In a child of our own: a thread that shares its root with others may not change its mount namespace. Returns an errno. */
static int move_over(pid_t pid, const char *path, const char *target) {
  char name[64];
  snprintf(name, sizeof name, "/proc/%d/ns/mnt", (int)pid);
  int here = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  int there = open(name, O_RDONLY | O_CLOEXEC);
  if (here < 0 || there < 0) return errno;
  if (setns(there, CLONE_NEWNS) < 0) return errno;
  int tree = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
  if (tree < 0) return errno;
  if (setns(here, CLONE_NEWNS) < 0) return errno;
  if (syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) < 0) return errno;
  return 0;
}

static napi_value call_mount_from(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  pid_t pid = call_int(&call, 0);
  char *path = call_string(&call, 1), *target = call_string(&call, 2);
  if (path && target) {
    pid_t child = fork();
    if (child == 0) _exit(move_over(pid, path, target));
    int status = 0;
    if (child < 0) fail(env, errno, "fork", NULL);
    else if (waitpid(child, &status, 0) < 0) fail(env, errno, "waitpid", NULL);
    else if (!WIFEXITED(status)) fail(env, EIO, "move_mount", path);
    else if (WEXITSTATUS(status) != 0) fail(env, WEXITSTATUS(status), "move_mount", path);
  }
  free(path);
  free(target);
  return NULL;
}

const Function foreign_mount_functions[] = {
    {"mountFrom", call_mount_from},
    {0},
};
