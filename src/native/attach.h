// One client of a monitor's attach socket (src/runtime/README.md, "Attach protocol"): frames to descriptors and back, in one loop. Loses no
// byte that the monitor sent before its exit frame, reads the socket no faster than its output is taken, and never waits for one reader
// alone, so that signals and detach keys work whoever is slow. No JavaScript in here.
#ifndef GANTRY_ATTACH_H
#define GANTRY_ATTACH_H

#include <stddef.h>
#include <stdint.h>

enum { HEADER_BYTES = 8, MAX_PAYLOAD = 64 * 1024, MAX_KEYS = 64 };

/** Descriptors are -1 where there is none; all of them stay open. */
typedef struct {
  int socket;
  /** A further connection, for signals and sizes: they do not wait behind input that the container does not read. */
  int control;
  /** A pipe with frames to be sent as they are, each written at once; at its end the client leaves. */
  int commands;
  /** A pipe whose bytes are signal numbers, as catchSignals makes one. SIGWINCH tells of `window`. */
  int signals;
  int input;
  /** Standard output and error. */
  int outputs[2];
  /** The terminal whose size is told at the start and whenever it has changed. */
  int window;
  /** Which detach when typed; none detaches never. */
  uint8_t keys[MAX_KEYS];
  size_t key_count;
} AttachPlan;

typedef enum { ATTACH_EXITED, ATTACH_DETACHED, ATTACH_OUTPUT_CLOSED, ATTACH_LOST, ATTACH_LEFT } AttachStatus;

typedef struct {
  AttachStatus status;
  /** Exited: the exit record; lost: why. */
  char text[MAX_PAYLOAD + 1];
  /** What is still to be sent of a frame that was being sent. */
  uint8_t unsent[HEADER_BYTES + MAX_PAYLOAD];
  size_t unsent_count;
} AttachEnd;

/** Until the end. */
void attach_run(const AttachPlan *plan, AttachEnd *end);

#endif
