// The addon's table, and the little that every function needs: reading arguments and throwing errors as node:fs throws them.

#include "addon.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Call call_open(napi_env env, napi_callback_info info) {
  Call call = {.env = env};
  size_t count = MAX_ARGS;
  napi_get_cb_info(env, info, &count, call.value, NULL, NULL);
  return call;
}

int32_t call_int(const Call *call, int index) { return (int32_t)call_int64(call, index); }

int64_t call_int64(const Call *call, int index) {
  int64_t number = -1;
  napi_get_value_int64(call->env, call->value[index], &number);
  return number;
}

static char *nul_free(napi_env env, char *text, size_t length) {
  text[length] = '\0';
  if (strlen(text) == length) return text;
  free(text);
  napi_throw(env, make_error(env, EINVAL, "argument with a NUL byte", NULL));
  return NULL;
}

/** Names of files are bytes: what is not UTF-8 comes as a Buffer. */
char *value_string(napi_env env, napi_value value) {
  size_t length = 0;
  void *bytes = NULL;
  bool is_text = napi_get_value_string_utf8(env, value, NULL, 0, &length) == napi_ok;
  if (!is_text && !value_bytes(env, value, &bytes, &length)) return NULL;
  char *text = malloc(length + 1);
  if (!text) abort();
  if (is_text) napi_get_value_string_utf8(env, value, text, length + 1, &length);
  else if (length > 0) memcpy(text, bytes, length);
  return nul_free(env, text, length);
}

char *call_string(const Call *call, int index) { return value_string(call->env, call->value[index]); }

bool value_bytes(napi_env env, napi_value value, void **bytes, size_t *size) {
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, value, &type, size, bytes, NULL, NULL) == napi_ok && type == napi_uint8_array) return true;
  napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", "text or bytes are wanted");
  return false;
}

void free_strings(char **list) {
  if (!list) return;
  for (char **item = list; *item; item++) free(*item);
  free(list);
}

char **value_strings(napi_env env, napi_value array) {
  uint32_t length = 0;
  napi_get_array_length(env, array, &length);
  char **list = calloc(length + 1, sizeof *list);
  if (!list) abort();
  for (uint32_t index = 0; index < length; index++) {
    napi_value item;
    napi_get_element(env, array, index, &item);
    list[index] = value_string(env, item);
    if (list[index]) continue;
    free_strings(list);
    return NULL;
  }
  return list;
}

napi_value object_property(napi_env env, napi_value object, const char *name) {
  napi_value value;
  if (napi_get_named_property(env, object, name, &value) != napi_ok) napi_get_undefined(env, &value);
  return value;
}

int64_t object_int(napi_env env, napi_value object, const char *name, int64_t fallback) {
  int64_t number;
  return napi_get_value_int64(env, object_property(env, object, name), &number) == napi_ok ? number : fallback;
}

/** Modulo 2^64, so that RLIM_INFINITY (all ones) passes as what it is. */
bool object_bigint(napi_env env, napi_value object, const char *name, int64_t *number) {
  bool is_lossless;
  if (napi_get_value_bigint_int64(env, object_property(env, object, name), number, &is_lossless) == napi_ok) return true;
  napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", "a BigInt is wanted");
  return false;
}

static void set_text(napi_env env, napi_value object, const char *name, const char *text) {
  napi_value value;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, object, name, value);
}

napi_value make_error(napi_env env, int number, const char *syscall, const char *path) {
  const char *code = strerrorname_np(number);
  char text[512];
  snprintf(text, sizeof text, "%s: %s, %s%s%.300s%s", code ? code : "EUNKNOWN", strerror(number), syscall, path ? " '" : "", path ? path : "",
           path ? "'" : "");
  napi_value message, error, value;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &message);
  napi_create_error(env, NULL, message, &error);
  set_text(env, error, "code", code ? code : "EUNKNOWN");
  set_text(env, error, "syscall", syscall);
  if (path) set_text(env, error, "path", path);
  napi_create_int32(env, -number, &value);
  napi_set_named_property(env, error, "errno", value);
  return error;
}

napi_value fail(napi_env env, int number, const char *syscall, const char *path) {
  napi_throw(env, make_error(env, number, syscall, path));
  return NULL;
}

static void export_all(napi_env env, napi_value exports, const Function *functions) {
  for (const Function *function = functions; function->name; function++) {
    napi_value value;
    napi_create_function(env, function->name, NAPI_AUTO_LENGTH, function->call, NULL, &value);
    napi_set_named_property(env, exports, function->name, value);
  }
}

NAPI_MODULE_INIT() {
  export_all(env, exports, file_functions);
  export_all(env, exports, at_functions);
  export_all(env, exports, lock_functions);
  export_all(env, exports, process_functions);
  export_all(env, exports, datagram_functions);
  export_all(env, exports, foreign_mount_functions);
  export_all(env, exports, id_mapped_mount_functions);
  export_all(env, exports, signal_functions);
  export_all(env, exports, descriptor_functions);
  export_all(env, exports, child_functions);
  export_all(env, exports, attach_functions);
  export_all(env, exports, network_functions);
  export_all(env, exports, mapped_network_functions);
  return exports;
}
