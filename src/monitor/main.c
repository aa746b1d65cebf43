// One container's (or exec session's) monitor: src/runtime/README.md, "The monitor's contract". Its life is a straight line; all that can
// happen on the way is in the handlers of the event loop.

#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DRAIN_MS = 1000, FAREWELL_MS = 2000, MAX_EARLY_SIGNALS = 32, TIMED_OUT_CODE = 255 };

static pid_t runtime_pid, container_pid;
static int runtime_status, container_status;
static bool is_runtime_done, is_container_done, is_timed_out;
static int early_signals[MAX_EARLY_SIGNALS];
static size_t early_count;
static struct source signals = {.fd = -1};

void signal_container(int signal)
{
    if (is_container_done) return;
    if (container_pid > 0) kill(container_pid, signal);
    else if (early_count < MAX_EARLY_SIGNALS) early_signals[early_count++] = signal;
}

static void reap(void)
{
    int status;
    if (!is_runtime_done) {
        // A container that has ended already must stay unreaped until its pid is known.
        if (waitpid(runtime_pid, &status, WNOHANG) != runtime_pid) return;
        runtime_status = status;
        is_runtime_done = true;
        return;
    }
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (health_reap(pid) || pid != container_pid || is_container_done) continue;
        container_status = status;
        is_container_done = true;
    }
}

static void on_signal(struct source *source, uint32_t events)
{
    (void)events;
    struct signalfd_siginfo info;
    if (read(source->fd, &info, sizeof info) != sizeof info) return;
    if (info.ssi_signo == SIGCHLD) reap();
    else if (!is_runtime_done) kill(runtime_pid, SIGKILL);
    else signal_container((int)info.ssi_signo);
}

static void open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    static const int numbers[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaddset(&set, numbers[i]);
    sigprocmask(SIG_SETMASK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signals = (struct source){.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), .ready = on_signal};
    watch(&signals, EPOLLIN);
}

static void report(const char *text, size_t size)
{
    if (settings.ready_fd < 0) return;
    write_all(settings.ready_fd, text, size);
    close(settings.ready_fd);
    settings.ready_fd = -1;
}

/** `exit_code` is the runtime's; negative for a failure of our own. */
static _Noreturn void fail(int exit_code, const char *message)
{
    static char text[6 * 4096 + 100];
    run_folder_clear();
    int size = sprintf(text, "{\"status\":\"failed\",");
    if (exit_code >= 0) size += sprintf(text + size, "\"exitCode\":%d,", exit_code);
    size += sprintf(text + size, "\"message\":\"");
    size_t length = strlen(message);
    size += (int)json_escape(text + size, message, length > 4096 ? 4096 : length);
    size += sprintf(text + size, "\"}\n");
    report(text, (size_t)size);
    exit(1);
}

static _Noreturn void fail_errno(const char *what)
{
    fail(-1, join(join(what, ": "), strerror(errno)));
}

/** The caller sees its child end at once; we belong to nobody. */
static void leave_caller(void)
{
    for (int i = 0; i < 2; i++) {
        pid_t pid = fork();
        if (pid < 0) fail_errno("fork");
        if (pid > 0) _exit(0);
        if (i == 0) setsid();
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static bool is_held(int fd)
{
    return fd >= settings.held_fd && fd < settings.held_fd + settings.held_fds;
}

static bool is_wanted(int fd)
{
    if (is_held(fd)) return true;
    if (fd == settings.ready_fd || fd == settings.client_fd || fd < 3 + settings.preserve_fds) return true;
    return is_passthrough() && (fd == settings.stdio[0] || fd == settings.stdio[1] || fd == settings.stdio[2]);
}

/** Keeps only the descriptors that the settings name; 0, 1 and 2 become /dev/null, what a container shall get of them goes elsewhere. */
static void sort_descriptors(void)
{
    int last = 2 + settings.preserve_fds;
    for (int fd = 3; fd <= last; fd++)
        if (fcntl(fd, F_GETFD) < 0) fail(-1, "preserve-fds names a descriptor that is not open");
    for (int i = 0; i < 3 && is_passthrough(); i++) {
        settings.stdio[i] = fcntl(settings.stdio[i], F_DUPFD_CLOEXEC, 3 + settings.preserve_fds);
        if (settings.stdio[i] < 0) fail_errno("passthrough");
        if (settings.stdio[i] > last) last = settings.stdio[i];
    }
    if (settings.ready_fd > last) last = settings.ready_fd;
    if (settings.client_fd > last) last = settings.client_fd;
    if (settings.held_fds > 0 && settings.held_fd + settings.held_fds - 1 > last) last = settings.held_fd + settings.held_fds - 1;
    for (int fd = 3; fd < last; fd++)
        if (!is_wanted(fd)) close(fd);
    close_range((unsigned)last + 1, ~0U, 0);
    if (settings.ready_fd >= 0) fcntl(settings.ready_fd, F_SETFD, FD_CLOEXEC);
    if (settings.client_fd >= 0) fcntl(settings.client_fd, F_SETFD, FD_CLOEXEC);
    for (int i = 0; i < settings.held_fds; i++) fcntl(settings.held_fd + i, F_SETFD, FD_CLOEXEC);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; fd++)
        if (dup2(null, fd) < 0) fail_errno("/dev/null");
    close(null);
}

static int open_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) < 0) fail_errno("pipe");
    return 0;
}

/** The runtime's descriptors 0, 1, 2, which without a terminal become the container's. */
static void connect_stdio(int stdio[3])
{
    if (is_passthrough()) {
        memcpy(stdio, settings.stdio, sizeof settings.stdio);
        return;
    }
    int ends[2];
    stdio[0] = stdio[1] = open("/dev/null", O_RDWR | O_CLOEXEC);
    open_pipe(ends);
    stdio[2] = ends[1];
    if (settings.has_terminal) {
        output_add_runtime_stderr(ends[0]);
        return;
    }
    output_hold();
    output_add(STDERR_STREAM, ends[0]);
    open_pipe(ends);
    stdio[1] = ends[1];
    output_add(STDOUT_STREAM, ends[0]);
    if (!settings.has_stdin) return;
    open_pipe(ends);
    close(stdio[0]);
    stdio[0] = ends[0];
    input_open(ends[1], false);
}

static void start_runtime(void)
{
    int stdio[3];
    if (settings.has_terminal && !console_listen()) fail_errno("console socket");
    connect_stdio(stdio);
    runtime_pid = runtime_start(stdio);
    if (runtime_pid < 0) fail_errno("fork");
    for (int i = 0; i < 3; i++)
        if (i != 1 || stdio[1] != stdio[0]) close(stdio[i]);
    while (!is_runtime_done) loop_wait(clients_check());
}

static int exit_code_of(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void announce_start(void)
{
    if (runtime_status == 0) container_pid = runtime_container_pid();
    if (container_pid > 0 && started_record_write(container_pid)) {
        notify_started();
        char text[100];
        int size = sprintf(text, "{\"status\":\"started\",\"pid\":%d,\"monitorPid\":%d}\n", (int)container_pid, (int)getpid());
        report(text, (size_t)size);
        return;
    }
    kill_descendants();
    const char *message = output_stderr_tail();
    if (runtime_status != 0) fail(exit_code_of(runtime_status), message);
    fail(-1, container_pid > 0 ? "cannot write started.json" : "the runtime left no process");
}

static void wait_for_end(void)
{
    int64_t timeout = settings.timeout_seconds > 0 ? now_ms() + settings.timeout_seconds * 1000 : NEVER;
    for (size_t i = 0; i < early_count; i++) kill(container_pid, early_signals[i]);
    output_release(true);
    reap();
    health_renew();
    while (!is_container_done) {
        loop_wait(earlier(timeout, earlier(health_check(), clients_check())));
        if (is_container_done || now_ms() < timeout) continue;
        timeout = NEVER;
        is_timed_out = true;
        kill(container_pid, SIGKILL);
    }
}

/** Whoever starts the container again at once finds its ports free. */
static void close_held(void)
{
    for (int i = 0; i < settings.held_fds; i++) close(settings.held_fd + i);
    settings.held_fds = 0;
}

static void drain(void)
{
    int64_t deadline = now_ms() + DRAIN_MS;
    console_expect_end();
    input_close();
    output_expect_end();
    clients_lift_backpressure();
    notify_close();
    while (output_is_open() && now_ms() < deadline) loop_wait(earlier(deadline, clients_check()));
    output_close();
    log_close();
}

/**
 * The first client may take its time: it is served on without the lock, so that nobody waits for it but it. The others get a moment
 * to read their last frame: a connection that is closed while they write loses it.
 */
static void serve_stragglers(void)
{
    int64_t farewell = now_ms() + FAREWELL_MS;
    for (;;) {
        int64_t deadline = clients_check();
        bool is_early = now_ms() < farewell;
        if (!clients_are_behind() && !(is_early && clients_are_there())) return;
        loop_wait(is_early ? earlier(farewell, deadline) : deadline);
    }
}

static void clean_up(void)
{
    enum keeping keeping;
    while ((keeping = clients_keeping()) == KEEPER_WORKING) loop_wait(clients_check());
    bool has_command = keeping == KEEPER_NONE && settings.exit_command.count > 0;
    clients_stop_listening();
    if ((clients_are_behind() || clients_are_there()) && fork() == 0) {
        lock_release();
        serve_stragglers();
        _exit(0);
    }
    if (has_command) exit_command_run();
}

int main(int argc, char **argv)
{
    if (argc != 3 || strcmp(argv[1], "--fd") != 0) {
        fputs("usage: monitor --fd N, with the settings to be read from descriptor N\n", stderr);
        return 64;
    }
    int settings_fd = atoi(argv[2]);
    const char *error = settings_read(settings_fd);
    if (error != NULL) fail(-1, error);
    if (settings_fd > 2) close(settings_fd);
    leave_caller();
    sort_descriptors();
    umask(077);
    if (chdir(settings.run_dir) < 0) fail_errno(settings.run_dir);
    loop_open();
    open_signals();
    if (!lock_take()) fail_errno("monitor.lock");
    if (!exit_record_reserve()) fail_errno("exit.json");
    if ((error = log_open()) != NULL) fail(-1, error);
    if (!clients_open()) fail_errno("attach");
    if (!notify_open()) fail_errno("notify socket");
    oom_begin();
    start_runtime();
    announce_start();
    oom_watch();
    wait_for_end();
    close_held();
    struct ending ending = {
        .exit_code = is_timed_out ? TIMED_OUT_CODE : exit_code_of(container_status),
        .signal = WIFSIGNALED(container_status) ? WTERMSIG(container_status) : 0,
        .is_oom_killed = oom_has_killed(WIFSIGNALED(container_status) && WTERMSIG(container_status) == SIGKILL),
        .is_timed_out = is_timed_out,
    };
    drain();
    clients_send_exit(exit_record_write(&ending));
    clean_up();
    return ending.exit_code;
}
