// The monitor's parts and their contracts; src/runtime/README.md describes it from outside. One thread, one event loop: no call here
// blocks, except where it says so. Nothing is allocated that a peer can grow without a limit.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { MAX_PAYLOAD = 64 * 1024, STDOUT_STREAM = 1, STDERR_STREAM = 2 };

// settings.c ------------------------------------------------------------------------------------------------------------------

/** A NULL-terminated list, as argv is. */
struct strings {
    char **items;
    size_t count;
};

enum mode { MODE_RUN, MODE_CREATE, MODE_EXEC, MODE_RESTORE };

struct settings {
    enum mode mode;
    const char *id, *name, *runtime, *bundle, *process, *run_dir, *oom_file;
    const char *log_driver, *log_path, *log_tag, *filter;
    /** Of criu, for a restore. */
    const char *image_path, *work_path;
    /** Of the service manager. */
    const char *notify_socket;
    bool is_notify_relayed, is_notify_ready;
    struct strings runtime_args, restore_args, exit_command, health_command, env, log_labels, preserve_gaps;
    bool has_terminal, has_stdin, is_stdin_once;
    int64_t log_max_size, log_max_files, timeout_seconds;
    int preserve_fds, ready_fd, client_fd;
    /** The first of `held_fds` descriptors that stay open until the container has ended. */
    int held_fd, held_fds;
    /** What a container with log-driver=passthrough gets as its descriptors 0, 1, 2. */
    int stdio[3];
};

extern struct settings settings;

/** Reads the settings from `fd` until EOF (blocking). Returns NULL, or what is wrong with them. */
const char *settings_read(int fd);
bool is_passthrough(void);

// loop.c ----------------------------------------------------------------------------------------------------------------------

/** A descriptor in the event loop; embedded in what owns it. */
struct source {
    int fd;
    bool is_watched;
    uint32_t events;
    void (*ready)(struct source *source, uint32_t events);
};

#define OWNER(type, member, pointer) ((type *)(void *)((char *)(pointer) - offsetof(type, member)))
#define NEVER INT64_MAX

void loop_open(void);
/** Reports `events`, and hang-ups also when `events` is 0. Idempotent. */
void watch(struct source *source, uint32_t events);
/** Reports nothing any more. Idempotent. */
void unwatch(struct source *source);
/** unwatch and close; idempotent: fd is -1 afterwards. */
void close_source(struct source *source);
/** Handles one event, or returns at `deadline` (of now_ms). The handler may free its own source and any other. */
void loop_wait(int64_t deadline);
int64_t now_ms(void);
int64_t earlier(int64_t a, int64_t b);

// text.c ----------------------------------------------------------------------------------------------------------------------

enum { TIME_LENGTH = 30 };

/** "2026-01-02T03:04:05.123456789Z", TIME_LENGTH bytes and a NUL. */
void format_now(char out[TIME_LENGTH + 1]);
/** The inside of a JSON string: at most 6 bytes for each of `size`; what is not UTF-8 becomes U+FFFD. Returns the length. */
size_t json_escape(char *out, const char *bytes, size_t size);
/** malloc and its family, ending the monitor where there is no memory. */
void *grow(void *memory, size_t size);
char *join(const char *a, const char *b);
/** Writes all, waiting as long as it takes. */
bool write_all(int fd, const void *bytes, size_t size);

struct buffer {
    char *bytes;
    size_t start, end, capacity;
};

static inline size_t buffer_size(const struct buffer *buffer)
{
    return buffer->end - buffer->start;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t size);
/** Drops `size` bytes from the front; an empty buffer holds no memory. */
void buffer_take(struct buffer *buffer, size_t size);
void buffer_free(struct buffer *buffer);

// oom.c: settings.oom_file ----------------------------------------------------------------------------------------------------------

/** Before the runtime starts: what an earlier run has left does not count. */
void oom_begin(void);
/** Once the container's control group is there. */
void oom_watch(void);
/** At the end; `is_sigkilled`: the way that a process ends that the kernel kills. */
bool oom_has_killed(bool is_sigkilled);

// records.c: the files of the run folder, which is the working directory --------------------------------------------------------

/** Takes monitor.lock, waiting for its last holder to end (blocking). */
bool lock_take(void);
/** For a forked child: the lock is held as long as any process has it open. */
void lock_release(void);
/** Sets exit.json's disk space aside, so that a disk that fills up later does not lose the end. */
bool exit_record_reserve(void);
bool started_record_write(pid_t pid);
struct ending {
    int exit_code, signal;
    bool is_oom_killed, is_timed_out;
};
/** Returns exit.json's text, also where it could not be written. */
const char *exit_record_write(const struct ending *ending);
/** Leaves nothing but the lock; does nothing while the lock is not ours. */
void run_folder_clear(void);

// runtime.c -------------------------------------------------------------------------------------------------------------------

/** Forks the OCI runtime with these descriptors as 0, 1, 2. */
pid_t runtime_start(const int stdio[3]);
/** The pid that the runtime left in its pid file; 0 if it left none that is our child. */
pid_t runtime_container_pid(void);
/** Kills all our descendants, frozen ones too, and reaps them: at most 10 s (blocking). */
void kill_descendants(void);
/** Replaces this process by argv; returns only where that fails. */
void become(char *const argv[]);
/** Undoes what a child must not inherit: signal mask, ignored signals, umask. */
void reset_process(void);

// console.c -------------------------------------------------------------------------------------------------------------------

/** Listens for the runtime to send the terminal's master; then wires it to output.c and input.c. */
bool console_listen(void);
/** The container has ended: a terminal that was sent and not yet seen is wired now. */
void console_expect_end(void);
/** What to hand to --console-socket. */
const char *console_path(void);
/** Kept until there is a terminal. */
void console_resize(unsigned rows, unsigned columns);

// output.c: from the container to log and clients -------------------------------------------------------------------------------

/** Reads `fd` from now on as stream 1 or 2. */
void output_add(int stream, int fd);
/** The runtime's own stderr where the container has another one: only the tail is kept. */
void output_add_runtime_stderr(int fd);
/** Until output_release, what comes from pipes is held back (up to 64 KiB), for it may be the runtime's words. */
void output_hold(void);
/** Lets go of what was held back: delivers it, or forgets it. */
void output_release(bool is_delivered);
/** The last 4 KiB of stderr so far, NUL-terminated. */
const char *output_stderr_tail(void);
void output_pause(bool is_paused);
/** The container has ended: what hangs up now is closed. */
void output_expect_end(void);
bool output_is_open(void);
/** Reads what is there without waiting, then closes. */
void output_close(void);

// input.c: from clients to the container's stdin ----------------------------------------------------------------------------------

/** `fd` becomes the container's stdin: a pipe's write end, or a duplicate of the terminal's master. */
void input_open(int fd, bool is_terminal);
/** Queues what the container does not take at once. Dropped when it has no stdin (any more). */
void input_write(const void *bytes, size_t size);
/** After all that was written: closes a pipe; types VEOF on a terminal, which stays open. */
void input_end(void);
/** True while something is queued: whoever feeds it should wait for clients_resume. */
bool input_is_blocked(void);
void input_close(void);

// clients.c: the attach protocol ------------------------------------------------------------------------------------------------

bool clients_open(void);
/** A frame to every client that subscribed to `stream`. */
void clients_send(int stream, const char *bytes, size_t size);
/** The exit frame to every client, also to those still to come. */
void clients_send_exit(const char *text);
/** Input may flow again. */
void clients_resume(void);
/** Output must wait for nobody any more: the container has ended. */
void clients_lift_backpressure(void);
/** Drops who is too slow; returns when to call again. */
int64_t clients_check(void);
/** Some client has not got everything yet. */
bool clients_are_behind(void);
/** Some client may still speak: to close its connection now would cost it what it has not read yet. */
bool clients_are_there(void);
enum keeping { KEEPER_NONE, KEEPER_WORKING, KEEPER_CLEANED };
enum keeping clients_keeping(void);
/** Who has connected until now is still told of the exit. */
void clients_stop_listening(void);

// notify.c: settings.notify_… ---------------------------------------------------------------------------------------------------

/** The folder is mounted into the container. */
#define NOTIFY_PATH "notify/notify.sock"
/** There since the container has said that it is ready. */
#define READY_PATH "ready"
/** The container's socket, where it gets one. */
bool notify_open(void);
/** The container runs (or is created): the manager is told, before it hears anything of the container's. */
void notify_started(void);
/** The container has ended: what it said last is passed on. */
void notify_close(void);

// health.c: settings.health_command -----------------------------------------------------------------------------------------------

/** The file `health` may have changed: where it asks for checks, one is due at once, or as soon as the present one has ended. */
void health_renew(void);
/** Whether it was a check that has ended. */
bool health_reap(pid_t pid);
/** Starts the check that is due; returns when to call again. */
int64_t health_check(void);

// exit-command.c: settings.exit_command -----------------------------------------------------------------------------------------------

/** Runs it until it has ended by itself (blocking). Nothing else of ours may be needed any more: all descriptors are closed. */
void exit_command_run(void);

// log.c and log-*.c -------------------------------------------------------------------------------------------------------------

/** Returns NULL, or why the log cannot be kept. */
const char *log_open(void);
/** On return the bytes are in the kernel's hands, whole lines at least. A log that cannot be written loses them: the container goes on. */
void log_write(int stream, const char *bytes, size_t size);
/** Writes what was still waiting for the end of its line. */
void log_close(void);

struct log_driver {
    const char *name;
    const char *(*open)(void);
    void (*write)(int stream, const char *bytes, size_t size);
    void (*close)(void);
};

extern const struct log_driver k8s_file_log, json_file_log, journald_log;

/** log-file.c: a file that rotates between entries, written in batches. */
const char *log_file_open(void);
/** Room for one entry of at most `size` bytes (at most LOG_ENTRY_MAX). */
char *log_file_room(size_t size);
/** The entry at log_file_room is complete with `size` bytes. */
void log_file_commit(size_t size);
void log_file_flush(void);
void log_file_close(void);
enum { LOG_ENTRY_MAX = 112 * 1024 };

/** log-lines.c: cuts a stream into lines of at most `limit` bytes, never inside a UTF-8 character. */
struct lines {
    size_t limit;
    void (*emit)(int stream, const char *line, size_t size, bool is_whole);
    struct buffer pending[2];
};
void lines_feed(struct lines *lines, int stream, const char *bytes, size_t size);
void lines_end(struct lines *lines);

// main.c ------------------------------------------------------------------------------------------------------------------------

/** kill(2) on the container's first process; kept for later when it is not there yet, dropped when it has ended. */
void signal_container(int signal);
