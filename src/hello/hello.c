// The one program of the image that comes with Gantry: without arguments it greets and tells what it finds around itself; with
// arguments it is a few tiny tools for a first try. It states only what it has read.

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static const char usage[] = "usage: hello [echo WORD... | cat [FILE...] | sleep SECONDS | env | true | false]\n";

static void on_signal(int number)
{
    _exit(128 + number);
}

/** The first process of a container ignores every signal that it has no handler for: without these, Ctrl-C would do nothing. */
static void obey_signals(void)
{
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    signal(SIGHUP, on_signal);
}

/** A small file's text without its last line end; "" if it cannot be read. */
static const char *text_of(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, text, size - 1);
    if (fd >= 0) close(fd);
    text[got > 0 ? got : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return text;
}

static void tell_ids(const char *kind, const char *path, unsigned id)
{
    char text[256];
    unsigned long long inside, outside, count;
    printf("  %-10s %u", kind, id);
    int fields = sscanf(text_of(path, text, sizeof text), "%llu %llu %llu", &inside, &outside, &count);
    if (fields == 3 && id >= inside && id - inside < count && outside + (id - inside) != id)
        printf(", which is %llu on the host: a user namespace", outside + (id - inside));
    putchar('\n');
}

static void tell_memory(void)
{
    static const char *const paths[] = {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char text[64];
        if (text_of(paths[i], text, sizeof text)[0] == '\0') continue;
        unsigned long long bytes = strtoull(text, NULL, 10);
        // cgroup v1 has no word for "unlimited", only a number larger than any memory.
        if (text[0] < '0' || text[0] > '9' || bytes >= 1ULL << 62) puts("  memory     no limit");
        else printf("  memory     at most %.1f MiB\n", (double)bytes / (1024 * 1024));
        return;
    }
}

static void tell_root(void)
{
    static const struct {
        long magic;
        const char *name;
    } known[] = {{0x794c7630, "overlay"}, {0x01021994, "tmpfs"}, {0xef53, "ext4"}, {0x58465342, "xfs"},
                 {0x9123683e, "btrfs"},   {0x65735546, "fuse"},  {0x2fc12fc1, "zfs"}};
    struct statfs status;
    if (statfs("/", &status) < 0) return;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if ((long)status.f_type == known[i].magic) printf("  root       on %s\n", known[i].name);
}

static int greet(void)
{
    struct utsname system;
    char text[256];
    puts("Hello from a container!\n");
    if (uname(&system) == 0) {
        printf("  host name  %s\n", system.nodename);
        printf("  kernel     %s %s, %s\n", system.sysname, system.release, system.machine);
    }
    printf("  process    %d%s\n", (int)getpid(), getpid() == 1 ? ", the first of its own pid namespace" : "");
    tell_ids("user", "/proc/self/uid_map", (unsigned)getuid());
    tell_ids("group", "/proc/self/gid_map", (unsigned)getgid());
    tell_memory();
    tell_root();
    const char *profile = text_of("/proc/self/attr/current", text, sizeof text);
    if (profile[0] != '\0') printf("  confined   as %s\n", profile);
    puts("\nIt can do a little more: echo WORD..., cat, sleep SECONDS, env, true, false.");
    return 0;
}

static int echo(char **words)
{
    for (; *words != NULL; words++) printf("%s%s", *words, words[1] == NULL ? "" : " ");
    putchar('\n');
    return 0;
}

static int copy(int from)
{
    static char chunk[64 * 1024];
    for (ssize_t size; (size = read(from, chunk, sizeof chunk)) != 0;) {
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return -1;
        for (ssize_t done = 0, wrote; done < size; done += wrote)
            if ((wrote = write(1, chunk + done, (size_t)(size - done))) < 0) return -1;
    }
    return 0;
}

static int cat(char **names)
{
    int code = 0;
    if (*names == NULL && copy(0) < 0) code = 1;
    for (; *names != NULL; names++) {
        int fd = open(*names, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || copy(fd) < 0) {
            fprintf(stderr, "hello: %s: %s\n", *names, strerror(errno));
            code = 1;
        }
        if (fd >= 0) close(fd);
    }
    return code;
}

static int wait_seconds(const char *text)
{
    char *end = NULL;
    double seconds = text == NULL ? -1 : strtod(text, &end);
    if (text == NULL || end == text || *end != '\0' || !(seconds >= 0) || seconds > 1e9) {
        fputs("hello: sleep needs a number of seconds\n", stderr);
        return 1;
    }
    struct timespec left = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    while (nanosleep(&left, &left) < 0 && errno == EINTR);
    return 0;
}

static int show_environment(void)
{
    for (char **entry = environ; *entry != NULL; entry++) puts(*entry);
    return 0;
}

int main(int argc, char **argv)
{
    obey_signals();
    const char *tool = argc > 1 ? argv[1] : "";
    int code;
    if (argc < 2) code = greet();
    else if (strcmp(tool, "echo") == 0) code = echo(argv + 2);
    else if (strcmp(tool, "cat") == 0) code = cat(argv + 2);
    else if (strcmp(tool, "sleep") == 0) code = wait_seconds(argv[2]);
    else if (strcmp(tool, "env") == 0) code = show_environment();
    else if (strcmp(tool, "true") == 0) code = 0;
    else if (strcmp(tool, "false") == 0) code = 1;
    else {
        fputs(usage, stderr);
        code = 2;
    }
    return fflush(stdout) == 0 ? code : 1;
}
