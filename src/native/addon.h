// Shared by the files of the addon: argument reading, errors as Node's own, one table of functions.
#ifndef GANTRY_ADDON_H
#define GANTRY_ADDON_H

#define NAPI_VERSION 9
#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>

#define MAX_ARGS 6

/** Reads the arguments of a call; missing ones are undefined. */
typedef struct {
  napi_env env;
  napi_value value[MAX_ARGS];
} Call;

Call call_open(napi_env env, napi_callback_info info);

int32_t call_int(const Call *call, int index);
int64_t call_int64(const Call *call, int index);
/** A NUL-terminated copy on the heap, to be freed; embedded NULs make it NULL with an exception pending. */
char *call_string(const Call *call, int index);
/** The property's value; `fallback` where it is absent. */
int64_t object_int(napi_env env, napi_value object, const char *name, int64_t fallback);
int64_t object_bigint(napi_env env, napi_value object, const char *name);

/** Throws an Error with code, errno, syscall and (if not NULL) path set. Returns NULL, for `return fail(…)`. */
napi_value fail(napi_env env, int number, const char *syscall, const char *path);
/** The error object itself, for rejecting a promise. */
napi_value make_error(napi_env env, int number, const char *syscall, const char *path);

typedef struct {
  const char *name;
  napi_callback call;
} Function;

extern const Function file_functions[], at_functions[], lock_functions[], process_functions[];

#endif
