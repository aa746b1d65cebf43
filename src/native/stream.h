// A standard stream of this process, read or written without ever waiting, and without changing what others see of it: O_NONBLOCK would
// be the shell's as well. No JavaScript in here.
#ifndef GANTRY_STREAM_H
#define GANTRY_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef enum {
  /** Files and most devices: never wait for long. */
  STREAM_FILE,
  /** A pipe or terminal, opened once more for ourselves. */
  STREAM_OWN,
  STREAM_SOCKET,
  /** One that cannot be opened: asked first, and then given so little that it does not wait. */
  STREAM_CAREFUL,
} StreamKind;

typedef struct {
  /** -1: there is none. */
  int fd;
  StreamKind kind;
  bool is_terminal;
} Stream;

/** `mode` is O_RDONLY or O_WRONLY; an `fd` of -1 gives a stream that is not there. */
Stream stream_open(int fd, int mode);
/** -1 with errno; EAGAIN: wait for poll(2). */
ssize_t stream_read(const Stream *stream, void *bytes, size_t size);
ssize_t stream_write(const Stream *stream, const void *bytes, size_t size);
void stream_close(Stream *stream);

#endif
