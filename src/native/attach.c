// See attach.h.

#include "attach.h"
#include "attach-outgoing.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { STDOUT_FRAME = 1, STDERR_FRAME = 2, EXIT_FRAME = 16, ERROR_FRAME = 17, INCOMING_BYTES = 256 * 1024 };

typedef struct {
  const AttachPlan *plan;
  AttachEnd *end;
  bool is_over;
  Stream outputs[2];
  /** Index of the output that took no more; what is behind its bytes waits as well. -1 for none. */
  int slow;
  Typed typed;
  Outgoing out;
  uint8_t header[HEADER_BYTES];
  size_t header_fill, missing, control_fill;
  size_t at, fill;
  uint8_t incoming[INCOMING_BYTES];
} Attach;

static void finish(Attach *attach, AttachStatus status, const char *text) {
  if (attach->is_over) return;
  attach->is_over = true;
  attach->end->status = status;
  // The text of a control frame is there already.
  if (text) snprintf(attach->end->text, sizeof attach->end->text, "%s", text);
}

static void finish_frame(Attach *attach) {
  int type = attach->header[0];
  attach->header_fill = 0;
  if (type == STDOUT_FRAME || type == STDERR_FRAME) return;
  attach->end->text[attach->control_fill] = '\0';
  attach->control_fill = 0;
  if (type == EXIT_FRAME) finish(attach, ATTACH_EXITED, NULL);
  if (type == ERROR_FRAME) finish(attach, ATTACH_LOST, NULL);
}

static size_t take_header(Attach *attach, const uint8_t *bytes, size_t size) {
  size_t taken = HEADER_BYTES - attach->header_fill;
  if (taken > size) taken = size;
  memcpy(attach->header + attach->header_fill, bytes, taken);
  attach->header_fill += taken;
  if (attach->header_fill < HEADER_BYTES) return taken;
  const uint8_t *length = attach->header + 4;
  attach->missing = (size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 | length[3];
  if (attach->missing > MAX_PAYLOAD) {
    char text[64];
    snprintf(text, sizeof text, "attach protocol: a frame of %zu bytes", attach->missing);
    finish(attach, ATTACH_LOST, text);
  } else if (attach->missing == 0) {
    finish_frame(attach);
  }
  return taken;
}

static void refused(Attach *attach, int output) {
  if (errno == EAGAIN || errno == EINTR) {
    attach->slow = output;
  } else if (attach->outputs[output].kind == STREAM_FILE) {
    char text[128];
    snprintf(text, sizeof text, "the output cannot be written: %s", strerror(errno));
    finish(attach, ATTACH_LOST, text);
  } else {
    finish(attach, ATTACH_OUTPUT_CLOSED, NULL);
  }
}

static size_t take_output(Attach *attach, const uint8_t *bytes, size_t size) {
  int output = attach->header[0] - STDOUT_FRAME;
  if (attach->outputs[output].fd < 0) return size;
  ssize_t written = stream_write(&attach->outputs[output], bytes, size);
  if (written >= 0) return (size_t)written;
  refused(attach, output);
  return 0;
}

static size_t take_payload(Attach *attach, const uint8_t *bytes, size_t size) {
  if (size > attach->missing) size = attach->missing;
  int type = attach->header[0];
  if (type == STDOUT_FRAME || type == STDERR_FRAME) {
    size = take_output(attach, bytes, size);
  } else {
    memcpy(attach->end->text + attach->control_fill, bytes, size);
    attach->control_fill += size;
  }
  attach->missing -= size;
  if (attach->missing == 0) finish_frame(attach);
  return size;
}

/** As far as the outputs take it. */
static void deliver(Attach *attach) {
  while (attach->at < attach->fill && attach->slow < 0 && !attach->is_over) {
    const uint8_t *bytes = attach->incoming + attach->at;
    size_t size = attach->fill - attach->at;
    attach->at += attach->header_fill < HEADER_BYTES ? take_header(attach, bytes, size) : take_payload(attach, bytes, size);
  }
}

static void receive(Attach *attach) {
  ssize_t count = recv(attach->plan->socket, attach->incoming, sizeof attach->incoming, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    finish(attach, ATTACH_LOST, "the container’s monitor went away");
    return;
  }
  attach->at = 0;
  attach->fill = (size_t)count;
  deliver(attach);
}

enum { SOCKET, OUTPUT, INPUT, SIGNALS, COMMANDS, WATCHED };

static struct pollfd want(int fd, bool is_wanted, short events) { return (struct pollfd){is_wanted ? fd : -1, events, 0}; }

static void wait_for_work(const Attach *attach, struct pollfd *polled) {
  const AttachPlan *plan = attach->plan;
  bool is_sending = !outgoing_is_empty(&attach->out), is_reading = attach->at == attach->fill;
  bool has_room = outgoing_has_room(&attach->out);
  polled[SOCKET] = want(plan->socket, is_sending || is_reading, (short)((is_reading ? POLLIN : 0) | (is_sending ? POLLOUT : 0)));
  polled[OUTPUT] = want(attach->slow < 0 ? -1 : attach->outputs[attach->slow].fd, true, POLLOUT);
  polled[INPUT] = want(attach->typed.stream.fd, !is_sending && !attach->typed.is_ended, POLLIN);
  polled[SIGNALS] = want(plan->signals, has_room, POLLIN);
  // Its end is told in any case.
  polled[COMMANDS] = want(plan->commands, true, has_room ? POLLIN : 0);
  poll(polled, WATCHED, -1);
}

static void obey(Attach *attach, const struct pollfd *polled) {
  const AttachPlan *plan = attach->plan;
  if (polled[SIGNALS].revents) send_signals(&attach->out, plan);
  if (polled[COMMANDS].revents & POLLIN) {
    if (!send_command(&attach->out, plan->commands)) finish(attach, ATTACH_LEFT, NULL);
  } else if (polled[COMMANDS].revents) {
    finish(attach, ATTACH_LEFT, NULL);
  }
}

static void serve(Attach *attach, const struct pollfd *polled) {
  if (polled[INPUT].revents && send_typed(&attach->out, &attach->typed, attach->plan) == TYPED_DETACH) finish(attach, ATTACH_DETACHED, NULL);
  obey(attach, polled);
  outgoing_flush(&attach->out, attach->plan->socket);
  if (polled[OUTPUT].revents) {
    attach->slow = -1;
    deliver(attach);
  }
  if (!attach->is_over && (polled[SOCKET].revents & ~POLLOUT) && attach->at == attach->fill) receive(attach);
}

void attach_run(const AttachPlan *plan, AttachEnd *end) {
  Attach *attach = calloc(1, sizeof *attach);
  if (!attach) abort();
  attach->plan = plan;
  attach->end = end;
  attach->slow = -1;
  attach->typed.stream = stream_open(plan->input, O_RDONLY);
  for (int output = 0; output < 2; output++) attach->outputs[output] = stream_open(plan->outputs[output], O_WRONLY);
  send_size(&attach->out, plan);
  outgoing_flush(&attach->out, plan->socket);
  while (!attach->is_over) {
    struct pollfd polled[WATCHED];
    wait_for_work(attach, polled);
    serve(attach, polled);
  }
  end->unsent_count = outgoing_cut(&attach->out, end->unsent);
  stream_close(&attach->typed.stream);
  for (int output = 0; output < 2; output++) stream_close(&attach->outputs[output]);
  free(attach);
}
