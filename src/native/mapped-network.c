// A network namespace that belongs to a user namespace with maps: both are made together and pinned.

#include "addon.h"
#include "mapped-process.h"
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>

typedef struct {
  char *user, *network;
} Pins;

static int pin(pid_t pid, const char *name, const char *target) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, name);
  return mount(path, target, NULL, MS_BIND, NULL);
}

static int pin_both(pid_t pid, IdMaps *maps, void *facts) {
  Pins *pins = facts;
  maps->failed = "mount";
  return pin(pid, "user", pins->user) < 0 ? -1 : pin(pid, "net", pins->network);
}

static napi_value call_pin_mapped_network(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  Pins pins = {.network = call_string(&call, 0), .user = call_string(&call, 1)};
  char *uids = value_string(env, object_property(env, call.value[2], "uids"));
  char *gids = value_string(env, object_property(env, call.value[2], "gids"));
  IdMaps maps = {.uids = uids, .gids = gids};
  bool is_whole = pins.network && pins.user && uids && gids;
  if (is_whole && with_mapped_process(CLONE_NEWNET, &maps, pin_both, &pins) < 0) fail(env, errno, maps.failed, pins.network);
  free(pins.network), free(pins.user), free(uids), free(gids);
  return NULL;
}

const Function mapped_network_functions[] = {
    {"pinMappedNetwork", call_pin_mapped_network},
    {0},
};
