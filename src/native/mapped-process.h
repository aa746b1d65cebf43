// A process in a user namespace of its own, which lives as long as a call needs it.

#ifndef MAPPED_PROCESS_H
#define MAPPED_PROCESS_H

#include <sys/types.h>

typedef struct {
  /** As /proc/PID/uid_map and gid_map take them. */
  const char *uids, *gids;
  /** What failed, if something did. */
  const char *failed;
} IdMaps;

/** -1 with errno and `maps->failed` set if it fails. */
typedef int UseProcess(pid_t pid, IdMaps *maps, void *facts);

/** Calls `use`, whose answer it returns, while a process is in a new user namespace with these maps and in those of `flags` (CLONE_NEW…). */
int with_mapped_process(int flags, IdMaps *maps, UseProcess *use, void *facts);

#endif
