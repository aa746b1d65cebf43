// libexec/gantry/userns: the rootless launcher's helper. Shared by its files.
#ifndef GANTRY_USERNS_H
#define GANTRY_USERNS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define PAUSE_NAME "gantry-pause"
#define EXIT_FAILED 125

/** Prints "Error: …" (and a hint unless it is NULL) and ends with exit code 125. */
_Noreturn void die(const char *hint, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** One line to stderr. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** The user's private folder for what ends with the session, made if missing; XDG_RUNTIME_DIR is set to where it lies. */
int open_run_folder(uid_t uid);

/** A whole small file as text; false if it cannot be read. Longer ones are cut. */
bool read_text(int folder, const char *path, char *text, size_t size);

/** Who the pause process is: its pid alone could be somebody else's by now. */
typedef struct {
  pid_t pid;
  unsigned long long started;
  /** Inode numbers of its user and mount namespace. */
  unsigned long long user, mount;
} Pause;

typedef struct {
  int user, mount;
} Namespaces;

/** False where no record was ever written, or it is torn. */
bool read_pause(int folder, Pause *pause);
/** Field 22 of /proc/PID/stat; 0 where there is no such process. */
unsigned long long start_time(pid_t pid);
/** The namespaces of the pause process, if it is still alive and is what the record says. */
bool open_pause(const Pause *pause, Namespaces *spaces);
/** Whether it is in the control group of a login session, which would not end before it does. */
bool is_in_session(const Pause *pause);
/** The namespaces of a process that are the recorded ones, or without a record any, if this user made them. */
bool open_namespaces(pid_t pid, const Pause *pause, Namespaces *spaces);
/**
 * The same by a monitor that lives in them: containers survive the death of the pause process. Without a record (NULL; the runtime folder
 * was taken away) those of any monitor of ours.
 */
bool open_by_monitor(const Pause *pause, Namespaces *spaces);
void enter(const Namespaces *spaces);

/** Makes the pause process. The caller holds `lock`, which the new process keeps until it is ready. */
void start_pause(int folder, int lock);
/** The same inside of namespaces that exist. */
void restart_pause(int folder, int lock, const Namespaces *spaces);
/** What the pause process runs, with the three descriptors below open. Never returns. */
_Noreturn void be_pause(void);
enum { FOLDER_FD = 3, LOCK_FD, READY_FD };

#define MAX_RANGES 32
typedef struct {
  unsigned long first, count;
} Range;
typedef struct {
  Range range[MAX_RANGES];
  int count;
} Ranges;

/** The first id, from 100000 on, that `path` gives to nobody. */
unsigned long first_free_id(const char *path);
/** The ranges that `path` (/etc/subuid, /etc/subgid) gives to the user, by name and by number. */
Ranges subordinate_ids(const char *path, const char *name, uid_t uid);

typedef enum { MAPPED, HELPER_FAILED } Mapping;
/** Maps 0 to the user's own id and the ranges from 1 on, with newuidmap or newgidmap. `reason` says what went wrong. */
Mapping map_ranges(const char *helper, pid_t pid, const Ranges *ranges, char reason[256]);
/** Maps 0 to the user's own ids and nothing else. */
void map_single(pid_t pid);

#endif
