// One datagram to a socket in the file system, or to an abstract one: how entries get into systemd's journal, and how systemd
// hears that something is ready.

#include "addon.h"
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct {
  struct sockaddr_un socket;
  socklen_t size;
} Address;

static bool write_whole(int fd, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t count = write(fd, bytes, size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes += count;
    size -= (size_t)count;
  }
  return true;
}

/** What is too large for a datagram travels as a sealed file. */
static int send_as_file(int socket_fd, const Address *address, const void *bytes, size_t size) {
  int fd = memfd_create("journal-entry", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return errno;
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control = {.header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))}};
  memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
  struct msghdr message = {.msg_name = (void *)&address->socket, .msg_namelen = address->size, .msg_control = &control,
                           .msg_controllen = sizeof control};
  bool is_ready = write_whole(fd, bytes, size) && fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0;
  int failure = is_ready && sendmsg(socket_fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0 ? 0 : errno;
  close(fd);
  return failure;
}

static int send_datagram(const char *path, const void *bytes, size_t size) {
  Address address = {.socket = {.sun_family = AF_UNIX}};
  size_t length = strlen(path);
  if (length >= sizeof address.socket.sun_path) return ENAMETOOLONG;
  memcpy(address.socket.sun_path, path, length);
  // An abstract name begins with an @ where its address has a NUL.
  if (path[0] == '@') address.socket.sun_path[0] = '\0';
  address.size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  ssize_t sent = sendto(fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&address.socket, address.size);
  int failure = sent < 0 ? errno : 0;
  if (failure == EMSGSIZE || failure == ENOBUFS) failure = send_as_file(fd, &address, bytes, size);
  close(fd);
  return failure;
}

static napi_value call_send_datagram(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *path = call_string(&call, 0);
  void *bytes;
  size_t size;
  if (path && value_bytes(env, call.value[1], &bytes, &size)) {
    int failure = send_datagram(path, bytes, size);
    if (failure) fail(env, failure, "sendto", path);
  }
  free(path);
  return NULL;
}

const Function datagram_functions[] = {{"sendDatagram", call_send_datagram}, {0}};
