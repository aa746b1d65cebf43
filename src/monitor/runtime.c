// Calls the OCI runtime, and kills what a failed one leaves.

#include "monitor.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ADOPTION_MS = 5000 };

/** What only a restore is told. Returns the new length. */
static size_t add_restore_words(char **argv, size_t n)
{
    argv[n++] = "--image-path";
    argv[n++] = (char *)settings.image_path;
    argv[n++] = "--work-path";
    argv[n++] = (char *)settings.work_path;
    for (size_t i = 0; i < settings.restore_args.count; i++) argv[n++] = settings.restore_args.items[i];
    return n;
}

static char **runtime_argv(void)
{
    static const char *const verbs[] = {[MODE_RUN] = "run", [MODE_CREATE] = "create", [MODE_EXEC] = "exec", [MODE_RESTORE] = "restore"};
    static char pid_file[PATH_MAX], preserve_fds[16];
    snprintf(pid_file, sizeof pid_file, "%s/pid", settings.run_dir);
    snprintf(preserve_fds, sizeof preserve_fds, "%d", settings.preserve_fds);
    char **argv = grow(NULL, (settings.runtime_args.count + settings.restore_args.count + 20) * sizeof *argv);
    size_t n = 0;
    argv[n++] = (char *)settings.runtime;
    for (size_t i = 0; i < settings.runtime_args.count; i++) argv[n++] = settings.runtime_args.items[i];
    argv[n++] = (char *)verbs[settings.mode];
    if (settings.mode != MODE_CREATE) argv[n++] = "--detach";
    argv[n++] = "--pid-file";
    argv[n++] = pid_file;
    if (settings.has_terminal) {
        argv[n++] = "--console-socket";
        argv[n++] = (char *)console_path();
    }
    if (settings.preserve_fds > 0) {
        argv[n++] = "--preserve-fds";
        argv[n++] = preserve_fds;
    }
    if (settings.mode == MODE_RESTORE) n = add_restore_words(argv, n);
    argv[n++] = settings.mode == MODE_EXEC ? "--process" : "--bundle";
    argv[n++] = (char *)(settings.mode == MODE_EXEC ? settings.process : settings.bundle);
    argv[n++] = (char *)settings.id;
    argv[n] = NULL;
    return argv;
}

void reset_process(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    umask(022);
    if (chdir("/") < 0) _exit(127);
}

void become(char *const argv[])
{
    execve(argv[0], argv, settings.env.items);
    dprintf(2, "%s: %s\n", argv[0], strerror(errno));
}

/** settings.filter, hexadecimal, as bytes in `program`. Returns how many instructions; 0 when it is none. */
static unsigned short decode_filter(struct sock_filter *program, size_t room)
{
    size_t size = strlen(settings.filter) / 2;
    if (size == 0 || size > room * sizeof *program || size % sizeof *program != 0) return 0;
    for (size_t i = 0; i < size; i++)
        if (sscanf(settings.filter + 2 * i, "%2hhx", (unsigned char *)program + i) != 1) return 0;
    return (unsigned short)(size / sizeof *program);
}

/** The decision on speculation is left to the runtime's own filter. */
static bool put_under_filter(void)
{
    if (settings.filter == NULL) return true;
    struct sock_filter program[1024];
    struct sock_fprog filter = {decode_filter(program, sizeof program / sizeof *program), program};
    errno = EINVAL;
    if (filter.len > 0 && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter) == 0) return true;
    dprintf(2, "cannot filter the system calls of %s: %s\n", settings.runtime, strerror(errno));
    return false;
}

static void be_runtime(char *const argv[], const int stdio[3], pid_t monitor)
{
    // Without a monitor nobody would reap the container: its making must end with ours, also by SIGKILL.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != monitor) _exit(127);
    for (int i = 0; i < 3; i++)
        if (dup2(stdio[i], i) < 0) _exit(127);
    for (int fd = 3; fd < 3 + settings.preserve_fds; fd++) fcntl(fd, F_SETFD, 0);
    for (size_t i = 0; i < settings.preserve_gaps.count; i++) close(atoi(settings.preserve_gaps.items[i]));
    close_range((unsigned)(3 + settings.preserve_fds), ~0U, 0);
    reset_process();
    if (put_under_filter()) become(argv);
    _exit(127);
}

pid_t runtime_start(const int stdio[3])
{
    char **argv = runtime_argv();
    pid_t monitor = getpid();
    pid_t pid = fork();
    if (pid == 0) be_runtime(argv, stdio, monitor);
    for (int fd = 3; fd < 3 + settings.preserve_fds; fd++) close(fd);
    free(argv);
    return pid;
}

/** crun leaves a process of its own between us and the container, which ends just after crun has: only then the container is ours. */
static bool becomes_child(pid_t pid)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    for (int64_t deadline = now_ms() + ADOPTION_MS; now_ms() < deadline;) {
        siginfo_t info;
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0) return true;
        if (kill(pid, 0) < 0) return false;
        sigtimedwait(&child, NULL, &(struct timespec){.tv_nsec = 10000000});
    }
    return false;
}

pid_t runtime_container_pid(void)
{
    char text[32] = "";
    int fd = open("pid", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    long pid = size > 0 ? strtol(text, NULL, 10) : 0;
    return pid > 1 && becomes_child((pid_t)pid) ? (pid_t)pid : 0;
}

static pid_t parent_of(const char *pid)
{
    char path[300], stat[512];
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t size = read(fd, stat, sizeof stat - 1);
    close(fd);
    if (size <= 0) return 0;
    stat[size] = '\0';
    int parent = 0;
    const char *after_name = strrchr(stat, ')');
    return after_name != NULL && sscanf(after_name, ") %*c %d", &parent) == 1 ? parent : 0;
}

/** cgroup v1: a frozen process does not even die of SIGKILL. runc freezes while it sets device rules, and may be killed meanwhile. */
static void thaw(const char *pid)
{
    char path[4200], line[4096];
    snprintf(path, sizeof path, "/proc/%s/cgroup", pid);
    FILE *file = fopen(path, "re");
    if (file == NULL) return;
    while (fgets(line, sizeof line, file) != NULL) {
        char *name = strstr(line, ":freezer:");
        if (name == NULL) continue;
        name[strcspn(name, "\n")] = '\0';
        snprintf(path, sizeof path, "/sys/fs/cgroup/freezer%s/freezer.state", name + strlen(":freezer:"));
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        if (fd < 0) break;
        if (!write_all(fd, "THAWED", 6)) break;
        close(fd);
    }
    fclose(file);
}

static void kill_children(void)
{
    DIR *proc = opendir("/proc");
    if (proc == NULL) return;
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
        if (!isdigit((unsigned char)entry->d_name[0]) || parent_of(entry->d_name) != getpid()) continue;
        kill((pid_t)strtol(entry->d_name, NULL, 10), SIGKILL);
        thaw(entry->d_name);
    }
    closedir(proc);
}

void kill_descendants(void)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    // As subreaper we inherit each generation when the one before has died: repeat until there is none.
    for (int64_t deadline = now_ms() + 10000; now_ms() < deadline;) {
        pid_t reaped;
        while ((reaped = waitpid(-1, NULL, WNOHANG)) > 0);
        if (reaped < 0) return;
        kill_children();
        sigtimedwait(&child, NULL, &(struct timespec){.tv_nsec = 50000000});
    }
}
