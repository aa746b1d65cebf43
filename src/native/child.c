// See child.h.

#include "child.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 * 1024, BLIND_MS = 20 };
enum { SELF, SIGNALS, INPUT, FIRST_OUTPUT, WATCHED = FIRST_OUTPUT + MAX_OUTPUTS };

static void close_fd(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static void unblock(int fd) {
  if (fd >= 0) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static void pass_signals(Child *child) {
  uint8_t numbers[64];
  ssize_t count = read(child->signals, numbers, sizeof numbers);
  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) child->signals = -1;
  for (ssize_t index = 0; index < count; index++) kill(child->pid, numbers[index]);
}

static void feed(Child *child) {
  ssize_t count = write(child->input, child->bytes + child->written, child->size - child->written);
  if (count > 0) child->written += (size_t)count;
  bool is_over = child->written == child->size || (count < 0 && errno != EAGAIN && errno != EINTR);
  if (is_over) close_fd(&child->input);
}

static void collect(Child *child, Output *output) {
  if (output->room - output->size < CHUNK_BYTES) {
    output->room = output->room * 2 + CHUNK_BYTES;
    output->bytes = realloc(output->bytes, output->room);
    if (!output->bytes) abort();
  }
  ssize_t count = read(output->fd, output->bytes + output->size, CHUNK_BYTES);
  if (count > 0) output->size += (size_t)count;
  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) close_fd(&output->fd);
  if (output->size <= child->max_bytes) return;
  child->is_too_long = true;
  if (!child->has_ended) kill(child->pid, SIGKILL);
  for (int index = 0; index < child->output_count; index++) close_fd(&child->outputs[index].fd);
}

static bool has_open_output(const Child *child) {
  for (int index = 0; index < child->output_count; index++)
    if (child->outputs[index].fd >= 0) return true;
  return false;
}

static void serve(Child *child, const struct pollfd *polled) {
  if (polled[SIGNALS].revents) pass_signals(child);
  if (polled[INPUT].revents) feed(child);
  for (int index = 0; index < child->output_count; index++)
    if (polled[FIRST_OUTPUT + index].revents && child->outputs[index].fd >= 0) collect(child, &child->outputs[index]);
}

static void watch(const Child *child, int self, struct pollfd *polled) {
  bool has_ended = child->has_ended;
  polled[SELF] = (struct pollfd){has_ended ? -1 : self, POLLIN, 0};
  polled[SIGNALS] = (struct pollfd){has_ended ? -1 : child->signals, POLLIN, 0};
  polled[INPUT] = (struct pollfd){child->input, POLLOUT, 0};
  for (int index = 0; index < MAX_OUTPUTS; index++)
    polled[FIRST_OUTPUT + index] = (struct pollfd){index < child->output_count ? child->outputs[index].fd : -1, POLLIN, 0};
}

static int reap(Child *child) {
  pid_t pid = waitpid(child->pid, &child->status, WNOHANG);
  if (pid < 0 && errno != EINTR) return errno;
  child->has_ended = pid == child->pid;
  if (child->has_ended) close_fd(&child->input);
  return 0;
}

/** Kernels before 5.3 have no pidfd: there it is asked again and again. */
static int patience(const Child *child, int self) {
  if (child->has_ended) return child->drain_ms;
  return self < 0 ? BLIND_MS : -1;
}

static int wait_with(Child *child, int self) {
  int number = 0;
  while (number == 0 && (!child->has_ended || has_open_output(child))) {
    struct pollfd polled[WATCHED];
    watch(child, self, polled);
    bool is_silent = poll(polled, WATCHED, patience(child, self)) == 0;
    if (is_silent && child->has_ended) break;
    serve(child, polled);
    if (!child->has_ended && (self < 0 || polled[SELF].revents)) number = reap(child);
  }
  return number;
}

int child_wait(Child *child) {
  unblock(child->input);
  for (int index = 0; index < child->output_count; index++) unblock(child->outputs[index].fd);
  if (child->size == 0) close_fd(&child->input);
  int self = (int)syscall(SYS_pidfd_open, child->pid, 0);
  int number = wait_with(child, self);
  close_fd(&self);
  return number;
}

void child_free(Child *child) {
  close_fd(&child->input);
  free(child->bytes);
  for (int index = 0; index < child->output_count; index++) {
    close_fd(&child->outputs[index].fd);
    free(child->outputs[index].bytes);
  }
}
