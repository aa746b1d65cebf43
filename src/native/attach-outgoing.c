// See attach-outgoing.h.

#include "attach-outgoing.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SIGNALS_A_ROUND = 64, CONTROL_BYTES = 4, MAX_COMMAND = 16 };

bool outgoing_has_room(const Outgoing *out) {
  return sizeof out->bytes - out->end >= SIGNALS_A_ROUND * (HEADER_BYTES + CONTROL_BYTES) + HEADER_BYTES + MAX_COMMAND;
}

static void put_u32(uint8_t *at, uint32_t number) {
  for (int index = 3; index >= 0; index--, number >>= 8) at[index] = (uint8_t)number;
}

static uint32_t get_u32(const uint8_t *at) { return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]; }

/** Where the payload goes; there is room. */
static uint8_t *add_frame(Outgoing *out, uint8_t type, size_t size) {
  uint8_t *at = out->bytes + out->end;
  memset(at, 0, HEADER_BYTES);
  at[0] = type;
  put_u32(at + 4, (uint32_t)size);
  out->end += HEADER_BYTES + size;
  return at + HEADER_BYTES;
}

void outgoing_flush(Outgoing *out, int socket) {
  while (!outgoing_is_empty(out) && !out->is_deaf) {
    ssize_t count = send(socket, out->bytes + out->start, out->end - out->start, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    out->is_deaf = count < 0;
    if (count > 0) out->start += (size_t)count;
  }
  out->start = out->end = 0;
}

size_t outgoing_cut(const Outgoing *out, uint8_t *rest) {
  size_t end = 0;
  while (end < out->start) end += HEADER_BYTES + get_u32(out->bytes + end + 4);
  memcpy(rest, out->bytes + out->start, end - out->start);
  return end - out->start;
}

/** The control connection has room: its few bytes are read at once. */
static void add_control(Outgoing *out, const AttachPlan *plan, uint8_t type, uint32_t number) {
  uint8_t frame[HEADER_BYTES + CONTROL_BYTES] = {type, [7] = CONTROL_BYTES};
  put_u32(frame + HEADER_BYTES, number);
  if (plan->control >= 0 && send(plan->control, frame, sizeof frame, MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof frame) return;
  put_u32(add_frame(out, type, CONTROL_BYTES), number);
}

void send_size(Outgoing *out, const AttachPlan *plan) {
  struct winsize size;
  if (plan->window < 0 || ioctl(plan->window, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0) return;
  add_control(out, plan, RESIZE_FRAME, (uint32_t)size.ws_row << 16 | size.ws_col);
}

void send_signals(Outgoing *out, const AttachPlan *plan) {
  uint8_t numbers[SIGNALS_A_ROUND];
  ssize_t count = read(plan->signals, numbers, sizeof numbers);
  for (ssize_t index = 0; index < count; index++) {
    if (numbers[index] == SIGWINCH) send_size(out, plan);
    else add_control(out, plan, SIGNAL_FRAME, numbers[index]);
  }
}

bool send_command(Outgoing *out, int commands) {
  uint8_t *at = out->bytes + out->end;
  ssize_t count = read(commands, at, HEADER_BYTES);
  if (count < 0 && errno == EINTR) return true;
  if (count != HEADER_BYTES) return false;
  size_t size = get_u32(at + 4);
  if (size > MAX_COMMAND || (size > 0 && read(commands, at + HEADER_BYTES, size) != (ssize_t)size)) return false;
  out->end += HEADER_BYTES + size;
  return true;
}

/** How many keys are matched after `byte`; what can no longer be a part of the sequence is moved to `kept`. */
static size_t advance(const AttachPlan *plan, size_t matched, uint8_t byte, uint8_t **kept) {
  uint8_t seen[MAX_KEYS];
  size_t first = 0, count = matched + 1;
  memcpy(seen, plan->keys, matched);
  seen[matched] = byte;
  for (; count > 0 && memcmp(seen + first, plan->keys, count) != 0; count--) *(*kept)++ = seen[first++];
  return count;
}

/** Moves to `kept` what is to be sent of `count` bytes typed. True when the sequence is complete: what comes after it is nobody's. */
static bool scan_keys(Typed *typed, const AttachPlan *plan, size_t count, const uint8_t *bytes, uint8_t **kept) {
  for (size_t index = 0; index < count; index++) {
    typed->matched = advance(plan, typed->matched, bytes[index], kept);
    if (typed->matched == plan->key_count) return true;
  }
  return false;
}

static bool is_hung_up(int fd) {
  struct pollfd polled = {fd, POLLIN, 0};
  return poll(&polled, 1, 0) > 0 && (polled.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

/** A terminal that was closed reads as its end or as EIO: whoever sat there has gone, and may come back. Its Ctrl-D is an end as any. */
static TypedResult end_typed(Outgoing *out, Typed *typed, bool is_failed) {
  typed->is_ended = true;
  if (typed->stream.is_terminal && (is_failed || is_hung_up(typed->stream.fd))) return TYPED_DETACH;
  add_frame(out, STDIN_FRAME, 0);
  return TYPED_ON;
}

TypedResult send_typed(Outgoing *out, Typed *typed, const AttachPlan *plan) {
  // What was held back may come before what is read now.
  uint8_t *payload = out->bytes + HEADER_BYTES, *read_to = payload + (plan->key_count ? MAX_KEYS : 0);
  ssize_t count = stream_read(&typed->stream, read_to, MAX_PAYLOAD - MAX_KEYS);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return TYPED_ON;
  if (count <= 0) return end_typed(out, typed, count < 0);
  if (plan->key_count == 0) {
    add_frame(out, STDIN_FRAME, (size_t)count);
    return TYPED_ON;
  }
  uint8_t *kept = payload;
  bool is_detach = scan_keys(typed, plan, (size_t)count, read_to, &kept);
  if (kept > payload) add_frame(out, STDIN_FRAME, (size_t)(kept - payload));
  return is_detach ? TYPED_DETACH : TYPED_ON;
}
