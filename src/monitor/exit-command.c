// What follows the container's end: the command that we were given. Who kills it loses nothing of what it had still to do: it is run again. What dies
// each time is left to the next command, after some three minutes.

#include "monitor.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/** As a restart policy's own pauses: what dies at each start must not keep a processor busy. */
enum { FIRST_PAUSE_MS = 100, LAST_PAUSE_MS = 60000, MOST_RUNS = 12 };

/** Those that a service manager ends everything with, before it kills: whoever dies of them was asked to end. */
static void asks_to_end(sigset_t *set)
{
    sigemptyset(set);
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaddset(set, numbers[i]);
}

/** A service manager whose main process we are hears of the container's end by ours: so the command is a child that we wait for. */
static int run_once(void)
{
    pid_t pid = fork();
    if (pid <= 0) {
        reset_process();
        become(settings.exit_command.items);
        _exit(127);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR);
    return status;
}

void exit_command_run(void)
{
    sigset_t endings;
    asks_to_end(&endings);
    // Neither lock nor connections, nor the run folder as a working directory.
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    close_range(3, ~0U, 0);
    if (chdir("/") < 0) return;
    int64_t pause = FIRST_PAUSE_MS;
    for (int runs = 1;; runs++, pause = earlier(2 * pause, LAST_PAUSE_MS)) {
        int status = run_once();
        if (!WIFSIGNALED(status) || sigismember(&endings, WTERMSIG(status)) || runs == MOST_RUNS) return;
        // Blocked since the beginning: one that came meanwhile is told of here.
        struct timespec patience = {.tv_sec = pause / 1000, .tv_nsec = pause % 1000 * 1000000};
        if (sigtimedwait(&endings, NULL, &patience) > 0) return;
    }
}
