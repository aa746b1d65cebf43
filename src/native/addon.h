// Shared by the files of the addon: argument reading, errors as Node's own, one table of functions.
#ifndef GANTRY_ADDON_H
#define GANTRY_ADDON_H

#define NAPI_VERSION 10
#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>

#define MAX_ARGS 6

/* What older headers lack of the calls on mounts. */
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef OPEN_TREE_CLOEXEC
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 4
#endif

/** Reads the arguments of a call; missing ones are undefined. */
typedef struct {
  napi_env env;
  napi_value value[MAX_ARGS];
} Call;

Call call_open(napi_env env, napi_callback_info info);

/** -1, which no call accepts as a descriptor, for what is no number. */
int32_t call_int(const Call *call, int index);
int64_t call_int64(const Call *call, int index);
/** A NUL-terminated copy on the heap, to be freed; NULL with an exception pending if the argument is neither text nor bytes, or holds a NUL. */
char *call_string(const Call *call, int index);
/** The same of any value. */
char *value_string(napi_env env, napi_value value);
/** An array of them, ended by NULL; NULL with an exception pending. */
char **value_strings(napi_env env, napi_value array);
/** NULL is allowed. */
void free_strings(char **list);
/** The bytes of a Uint8Array, borrowed for the length of the call; false with an exception pending for anything else. */
bool value_bytes(napi_env env, napi_value value, void **bytes, size_t *size);
/** The property's value; `fallback` where it is absent or no number. */
int64_t object_int(napi_env env, napi_value object, const char *name, int64_t fallback);
/** False with an exception pending if the property is no BigInt. */
bool object_bigint(napi_env env, napi_value object, const char *name, int64_t *number);
/** Undefined where it is absent. */
napi_value object_property(napi_env env, napi_value object, const char *name);

/** Throws an Error with code, errno, syscall and (if not NULL) path set. Returns NULL, for `return fail(…)`. */
napi_value fail(napi_env env, int number, const char *syscall, const char *path);
/** The error object itself, for rejecting a promise. */
napi_value make_error(napi_env env, int number, const char *syscall, const char *path);

typedef struct {
  const char *name;
  napi_callback call;
} Function;

extern const Function file_functions[], at_functions[], lock_functions[], process_functions[], datagram_functions[], foreign_mount_functions[],
    id_mapped_mount_functions[], signal_functions[], descriptor_functions[], child_functions[], attach_functions[], network_functions[], mapped_network_functions[];

#endif
