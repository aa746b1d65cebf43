// What networks need of the kernel, here or in another network namespace. An ordinary user who has left the host's may not come back, so a
// thread that ends with the call goes there.

#include "addon.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { ANSWER_SIZE = 64 * 1024, MAX_ANSWERS = 64 * 1024 * 1024 };

/** Returns 0 or an errno. */
typedef int Work(void *facts);

typedef struct {
  int namespace, failure;
  Work *work;
  void *facts;
} Errand;

static void *run_errand(void *argument) {
  Errand *errand = argument;
  errand->failure = setns(errand->namespace, CLONE_NEWNET) < 0 ? errno : errand->work(errand->facts);
  return NULL;
}

static int on_thread(void *(*run)(void *), void *argument) {
  pthread_t thread;
  int failure = pthread_create(&thread, NULL, run, argument);
  return failure ? failure : pthread_join(thread, NULL);
}

/** Below 0 is here. */
static int work_in(int namespace, Work *work, void *facts) {
  if (namespace < 0) return work(facts);
  Errand errand = {.namespace = namespace, .work = work, .facts = facts};
  int failure = on_thread(run_errand, &errand);
  return failure ? failure : errand.failure;
}

typedef struct {
  char *bytes;
  size_t size;
} Answers;

static int open_netlink(int protocol) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), on = 1;
  if (fd < 0) return -1;
  struct timeval patience = {.tv_sec = 10};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
  return fd;
}

static int count_messages(const char *bytes, size_t size, size_t *count) {
  *count = 0;
  while (size >= sizeof(struct nlmsghdr)) {
    struct nlmsghdr header;
    memcpy(&header, bytes, sizeof header);
    size_t step = NLMSG_ALIGN(header.nlmsg_len);
    if (header.nlmsg_len < sizeof header || step > size) return EINVAL;
    ++*count, bytes += step, size -= step;
  }
  return size == 0 ? 0 : EINVAL;
}

/** How many of our messages are answered to their end by these. */
static size_t count_ends(const char *bytes, size_t size) {
  size_t ends = 0;
  while (size >= sizeof(struct nlmsghdr)) {
    struct nlmsghdr header;
    memcpy(&header, bytes, sizeof header);
    size_t step = NLMSG_ALIGN(header.nlmsg_len);
    if (header.nlmsg_type == NLMSG_ERROR || header.nlmsg_type == NLMSG_DONE) ends++;
    if (header.nlmsg_len < sizeof header || step >= size) break;
    bytes += step, size -= step;
  }
  return ends;
}

static int receive_answers(int fd, size_t wanted, Answers *answers) {
  for (size_t ends = 0; ends < wanted;) {
    if (answers->size > MAX_ANSWERS) return EMSGSIZE;
    char *larger = realloc(answers->bytes, answers->size + ANSWER_SIZE);
    if (!larger) return ENOMEM;
    answers->bytes = larger;
    ssize_t count = recv(fd, larger + answers->size, ANSWER_SIZE, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    ends += count_ends(larger + answers->size, (size_t)count);
    answers->size += (size_t)count;
  }
  return 0;
}

typedef struct {
  int protocol;
  const void *bytes;
  size_t size;
  Answers answers;
} Conversation;

static int converse(void *facts) {
  Conversation *talk = facts;
  size_t count;
  int failure = count_messages(talk->bytes, talk->size, &count);
  if (failure) return failure;
  int fd = open_netlink(talk->protocol);
  if (fd < 0) return errno;
  failure = send(fd, talk->bytes, talk->size, 0) < 0 ? errno : receive_answers(fd, count, &talk->answers);
  close(fd);
  return failure;
}

static napi_value call_netlink(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  void *bytes;
  Conversation talk = {.protocol = call_int(&call, 0)};
  if (!value_bytes(env, call.value[1], &bytes, &talk.size)) return NULL;
  talk.bytes = bytes;
  int failure = work_in(call_int(&call, 2), converse, &talk);
  napi_value result = NULL;
  if (failure) fail(env, failure, "netlink", NULL);
  else napi_create_buffer_copy(env, talk.answers.size, talk.answers.bytes, NULL, &result);
  free(talk.answers.bytes);
  return result;
}

static int parse_address(const char *text, int port, struct sockaddr_storage *address, socklen_t *size) {
  struct sockaddr_in *four = (struct sockaddr_in *)address;
  struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
  memset(address, 0, sizeof *address);
  if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
    four->sin_family = AF_INET, four->sin_port = htons((uint16_t)port);
    *size = sizeof *four;
    return 0;
  }
  if (inet_pton(AF_INET6, text, &six->sin6_addr) != 1) return EINVAL;
  six->sin6_family = AF_INET6, six->sin6_port = htons((uint16_t)port);
  *size = sizeof *six;
  return 0;
}

typedef struct Port {
  const char *host;
  int port, type, timeout, fd;
  /** What becomes of the new socket; an errno, or 0. */
  int (*use)(const struct Port *port, const struct sockaddr_storage *address, socklen_t size);
} Port;

/** A stream socket listens: only so does it keep the port against others that would reuse its address. */
static int occupy(const Port *port, const struct sockaddr_storage *address, socklen_t size) {
  int on = 1;
  bool is_stream = port->type == SOCK_STREAM;
  if (is_stream) setsockopt(port->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address->ss_family == AF_INET6) setsockopt(port->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(port->fd, (const struct sockaddr *)address, size) < 0) return errno;
  return is_stream && listen(port->fd, 1) < 0 ? errno : 0;
}

/** SO_SNDTIMEO is connect(2)'s patience, too: EINPROGRESS when it is over. */
static int reach(const Port *port, const struct sockaddr_storage *address, socklen_t size) {
  struct timeval patience = {.tv_sec = port->timeout / 1000, .tv_usec = port->timeout % 1000 * 1000};
  setsockopt(port->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  return connect(port->fd, (const struct sockaddr *)address, size) < 0 ? errno : 0;
}

static int open_port(void *facts) {
  Port *port = facts;
  struct sockaddr_storage address;
  socklen_t size = 0;
  int failure = parse_address(port->host, port->port, &address, &size);
  if (failure) return failure;
  port->fd = socket(address.ss_family, port->type | SOCK_CLOEXEC, 0);
  if (port->fd < 0) return errno;
  failure = port->use(port, &address, size);
  if (failure) close(port->fd);
  return failure;
}

/** The host and the port come first, the namespace last. */
static napi_value open_port_in(Call *call, Port port, const char *doing) {
  char *host = call_string(call, 0);
  if (!host) return NULL;
  port.host = host;
  port.port = call_int(call, 1);
  int failure = work_in(call_int(call, 3), open_port, &port);
  napi_value result = NULL;
  if (failure) fail(call->env, failure, doing, host);
  else napi_create_int32(call->env, port.fd, &result);
  free(host);
  return result;
}

static napi_value call_occupy_port(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  int type = call_int(&call, 2) == SOCK_STREAM ? SOCK_STREAM : SOCK_DGRAM;
  return open_port_in(&call, (Port){.type = type, .use = occupy}, "bind");
}

static napi_value call_connect_port(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  return open_port_in(&call, (Port){.type = SOCK_STREAM, .timeout = call_int(&call, 2), .use = reach}, "connect");
}

typedef struct {
  const char *path, *text;
} Sysctl;

static int write_sysctl(void *facts) {
  Sysctl *sysctl = facts;
  int fd = open(sysctl->path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  int failure = write(fd, sysctl->text, strlen(sysctl->text)) < 0 ? errno : 0;
  close(fd);
  return failure;
}

static napi_value call_write_sysctl(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *path = call_string(&call, 0);
  char *text = path ? call_string(&call, 1) : NULL;
  if (text) {
    int failure = work_in(call_int(&call, 2), write_sysctl, &(Sysctl){.path = path, .text = text});
    if (failure) fail(env, failure, "write", path);
  }
  free(path), free(text);
  return NULL;
}

typedef struct {
  const char *path;
  int failure;
} Pin;

static void *make_namespace(void *argument) {
  Pin *pin = argument;
  bool is_made = unshare(CLONE_NEWNET) == 0 && mount("/proc/thread-self/ns/net", pin->path, NULL, MS_BIND, NULL) == 0;
  pin->failure = is_made ? 0 : errno;
  return NULL;
}

static napi_value call_pin_new_network(napi_env env, napi_callback_info info) {
  Call call = call_open(env, info);
  char *path = call_string(&call, 0);
  if (!path) return NULL;
  Pin pin = {.path = path};
  int failure = on_thread(make_namespace, &pin);
  if (failure || pin.failure) fail(env, failure ? failure : pin.failure, "unshare", path);
  free(path);
  return NULL;
}

const Function network_functions[] = {
    {"netlink", call_netlink},
    {"occupyPort", call_occupy_port},
    {"connectPort", call_connect_port},
    {"writeSysctl", call_write_sysctl},
    {"pinNewNetwork", call_pin_new_network},
    {0},
};
