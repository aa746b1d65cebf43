// A mount whose files have other owners than on disk: cloned, given the maps of a user namespace made for it, then put in place.
#include "addon.h"
#include "mapped-process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

enum { ATTR_IDMAP = 0x100000 };

/** struct mount_attr of the kernel, which older headers lack. */
typedef struct {
  uint64_t attr_set, attr_clr, propagation, userns_fd;
} MountAttributes;

typedef struct {
  char *source, *target, *uids, *gids;
  unsigned flags;
  uint64_t propagation;
  /** What failed, if something did. */
  const char *failed;
} Plan;

static int failed(Plan *plan, const char *what) {
  plan->failed = what;
  return -1;
}

static int open_user_namespace(pid_t pid, IdMaps *maps, void *facts) {
  (void)facts;
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/user", (int)pid);
  maps->failed = "open";
  return open(path, O_RDONLY | O_CLOEXEC);
}

static int make_namespace(Plan *plan) {
  IdMaps maps = {.uids = plan->uids, .gids = plan->gids};
  int fd = with_mapped_process(0, &maps, open_user_namespace, NULL);
  return fd < 0 ? failed(plan, maps.failed) : fd;
}

static int set_attributes(int tree, unsigned flags, MountAttributes attributes) {
  return (int)syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | flags, &attributes, sizeof attributes);
}

/** The maps are of the topmost mount alone: what is mounted below it, perhaps of a kind that cannot be mapped, stays as it is. */
static int map_and_move(int tree, int namespace, Plan *plan) {
  MountAttributes spreading = {.propagation = plan->propagation}, mapping = {.attr_set = ATTR_IDMAP, .userns_fd = (uint64_t)namespace};
  if (set_attributes(tree, plan->flags, spreading) < 0 || set_attributes(tree, 0, mapping) < 0) return failed(plan, "mount_setattr");
  if (syscall(SYS_move_mount, tree, "", AT_FDCWD, plan->target, MOVE_MOUNT_F_EMPTY_PATH) < 0) return failed(plan, "move_mount");
  return 0;
}

/** Until it is moved, a cloned tree lives as long as its descriptor: whatever fails leaves nothing. */
static int mount_id_mapped(Plan *plan) {
  int tree = (int)syscall(SYS_open_tree, AT_FDCWD, plan->source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | plan->flags);
  if (tree < 0) return failed(plan, "open_tree");
  int namespace = make_namespace(plan);
  int result = namespace < 0 ? -1 : map_and_move(tree, namespace, plan);
  int error = errno;
  if (namespace >= 0) close(namespace);
  close(tree);
  errno = error;
  return result;
}

static napi_value call_mount_id_mapped(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  Plan plan = {
      .source = call_string(&call, 0),
      .target = call_string(&call, 1),
      .flags = (unsigned)object_int(env, call.value[2], "flags", 0),
      .propagation = (uint64_t)object_int(env, call.value[2], "propagation", 0),
  };
  plan.uids = value_string(env, object_property(env, call.value[2], "uids"));
  plan.gids = value_string(env, object_property(env, call.value[2], "gids"));
  bool is_whole = plan.source && plan.target && plan.uids && plan.gids;
  if (is_whole && mount_id_mapped(&plan) < 0) fail(env, errno, plan.failed, plan.source);
  free(plan.source);
  free(plan.target);
  free(plan.uids);
  free(plan.gids);
  return NULL;
}

const Function id_mapped_mount_functions[] = {
    {"mountIdMapped", call_mount_id_mapped},
    {0},
};
