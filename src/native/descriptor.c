// Descriptors that Node has no call for: pipes, pairs of sockets, connections to a path of any length; a terminal's raw mode.

#include "addon.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

static napi_value pair_value(napi_env env, const int *fds) {
  napi_value array, value;
  napi_create_array(env, &array);
  for (uint32_t index = 0; index < 2; index++) {
    napi_create_int32(env, fds[index], &value);
    napi_set_element(env, array, index, value);
  }
  return array;
}

static napi_value call_pipe(napi_env env, napi_callback_info info) {
  (void)info;
  int fds[2];
  return pipe2(fds, O_CLOEXEC) < 0 ? fail(env, errno, "pipe2", NULL) : pair_value(env, fds);
}

static napi_value call_socket_pair(napi_env env, napi_callback_info info) {
  (void)info;
  int fds[2];
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0 ? fail(env, errno, "socketpair", NULL) : pair_value(env, fds);
}

/** An address holds 107 bytes: a longer path goes through a descriptor of its folder, which `folder` then is. */
static bool set_address(struct sockaddr_un *address, char *path, int *folder) {
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  *folder = -1;
  if (strlen(path) < sizeof address->sun_path) {
    memcpy(address->sun_path, path, strlen(path));
    return true;
  }
  char *slash = strrchr(path, '/');
  if (!slash) {
    errno = ENAMETOOLONG;
    return false;
  }
  *slash = '\0';
  *folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  *slash = '/';
  if (*folder < 0) return false;
  size_t room = sizeof address->sun_path;
  if ((size_t)snprintf(address->sun_path, room, "/proc/self/fd/%d/%s", *folder, slash + 1) < room) return true;
  close(*folder);
  errno = ENAMETOOLONG;
  return false;
}

/** -1 with errno; EAGAIN when so many are waiting there already that ours would have to. */
static int connect_to(char *path) {
  struct sockaddr_un address;
  int folder, number = 0;
  if (!set_address(&address, path, &folder)) return -1;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) number = errno;
  if (folder >= 0) close(folder);
  if (number == 0) fcntl(fd, F_SETFL, 0);
  else if (fd >= 0) close(fd);
  errno = number;
  return number ? -1 : fd;
}

static napi_value call_connect_unix(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *path = call_string(&call, 0);
  napi_value value = NULL;
  if (path) {
    int fd = connect_to(path);
    if (fd < 0) fail(env, errno, "connect", path);
    else napi_create_int32(env, fd, &value);
  }
  free(path);
  return value;
}

static napi_value call_shutdown(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  return shutdown(call_int(&call, 0), SHUT_WR) < 0 ? fail(env, errno, "shutdown", NULL) : NULL;
}

/** As Node's own raw mode: output still gets its carriage returns. Returns the mode found. */
static napi_value call_set_raw(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  int fd = call_int(&call, 0);
  struct termios found, raw;
  if (tcgetattr(fd, &found) < 0) return fail(env, errno, "tcgetattr", NULL);
  raw = found;
  raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INPCK | ISTRIP | IXON);
  raw.c_oflag |= ONLCR;
  raw.c_cflag |= CS8;
  raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | IEXTEN | ISIG);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  if (tcsetattr(fd, TCSADRAIN, &raw) < 0) return fail(env, errno, "tcsetattr", NULL);
  napi_value value;
  napi_create_buffer_copy(env, sizeof found, &found, NULL, &value);
  return value;
}

static napi_value call_restore_terminal(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  void *bytes;
  size_t size;
  struct termios mode;
  if (!value_bytes(env, call.value[1], &bytes, &size)) return NULL;
  if (size != sizeof mode) return fail(env, EINVAL, "tcsetattr", NULL);
  memcpy(&mode, bytes, sizeof mode);
  return tcsetattr(call_int(&call, 0), TCSADRAIN, &mode) < 0 ? fail(env, errno, "tcsetattr", NULL) : NULL;
}

const Function descriptor_functions[] = {
    {"pipe", call_pipe},
    {"socketPair", call_socket_pair},
    {"connectUnix", call_connect_unix},
    {"shutdown", call_shutdown},
    {"setRaw", call_set_raw},
    {"restoreTerminal", call_restore_terminal},
    {0},
};
