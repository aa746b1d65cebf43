// What a client still has to send, whole frames one behind the other, and where it comes from: keys, signals, commands. No JavaScript.
#ifndef GANTRY_ATTACH_OUTGOING_H
#define GANTRY_ATTACH_OUTGOING_H

#include "attach.h"
#include "stream.h"
#include <stdbool.h>

enum { STDIN_FRAME = 0, RESIZE_FRAME = 18, SIGNAL_FRAME = 19 };

typedef struct {
  /** Of the detach keys; the beginning that has been typed is held back. */
  size_t matched;
  Stream stream;
  bool is_ended;
} Typed;

typedef struct {
  size_t start, end;
  /** Nobody reads any more: what is sent is forgotten. */
  bool is_deaf;
  /** Room for one piece of input, and for signals and commands that come while it waits. */
  uint8_t bytes[HEADER_BYTES + MAX_PAYLOAD + 4096];
} Outgoing;

static inline bool outgoing_is_empty(const Outgoing *out) { return out->start == out->end; }
/** For another round of signals and one command. */
bool outgoing_has_room(const Outgoing *out);
void outgoing_flush(Outgoing *out, int socket);
/** The rest of the frame that is being sent. */
size_t outgoing_cut(const Outgoing *out, uint8_t *rest);

/** On the control connection, where there is one. */
void send_size(Outgoing *out, const AttachPlan *plan);
void send_signals(Outgoing *out, const AttachPlan *plan);
/** False when there are no more. */
bool send_command(Outgoing *out, int commands);

typedef enum { TYPED_ON, TYPED_DETACH } TypedResult;

/** Takes what there is, at most one piece; `out` is empty. */
TypedResult send_typed(Outgoing *out, Typed *typed, const AttachPlan *plan);

#endif
