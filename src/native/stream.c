// See stream.h.

#include "stream.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

Stream stream_open(int fd, int mode) {
  Stream stream = {.fd = fd, .kind = STREAM_FILE, .is_terminal = fd >= 0 && isatty(fd)};
  struct stat facts;
  if (fd < 0 || fstat(fd, &facts) < 0) return stream;
  if (S_ISSOCK(facts.st_mode)) stream.kind = STREAM_SOCKET;
  if (!S_ISFIFO(facts.st_mode) && !stream.is_terminal) return stream;
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  int own = open(path, mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  stream.kind = own < 0 ? STREAM_CAREFUL : STREAM_OWN;
  if (own >= 0) stream.fd = own;
  return stream;
}

static bool is_ready(const Stream *stream, short event) {
  struct pollfd polled = {stream->fd, event, 0};
  if (poll(&polled, 1, 0) > 0) return true;
  errno = EAGAIN;
  return false;
}

ssize_t stream_read(const Stream *stream, void *bytes, size_t size) {
  if (stream->kind == STREAM_SOCKET) return recv(stream->fd, bytes, size, MSG_DONTWAIT);
  if (stream->kind == STREAM_CAREFUL && !is_ready(stream, POLLIN)) return -1;
  return read(stream->fd, bytes, size);
}

ssize_t stream_write(const Stream *stream, const void *bytes, size_t size) {
  if (stream->kind == STREAM_SOCKET) return send(stream->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (stream->kind != STREAM_CAREFUL) return write(stream->fd, bytes, size);
  return is_ready(stream, POLLOUT) ? write(stream->fd, bytes, size < PIPE_BUF ? size : PIPE_BUF) : -1;
}

void stream_close(Stream *stream) {
  if (stream->kind == STREAM_OWN) close(stream->fd);
  stream->fd = -1;
}
