// Making the pause process. Whoever is killed at whatever moment: the new process ends when its maker dies before the ids are mapped, and
// writes its own record before it lets go of the lock; so there is never a second one, nor one that nobody knows.

#include "userns.h"
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  pid_t pid;
  /** The maker's ends: `told` says unshared and later ready; `go` says that the ids are mapped, or by closing that all is off. */
  int told, go;
} Child;

/** What the new process says first. */
typedef struct {
  pid_t pid;
  int number;
} Unshared;

static void make_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) < 0) die(NULL, "pipe: %s", strerror(errno));
}

static bool read_whole(int fd, void *bytes, size_t size) {
  ssize_t got;
  do got = read(fd, bytes, size);
  while (got < 0 && errno == EINTR);
  return got == (ssize_t)size;
}

/** Less than a pipe takes at once. */
static void write_whole(int fd, const void *bytes, size_t size) {
  ssize_t put;
  do put = write(fd, bytes, size);
  while (put < 0 && errno == EINTR);
}

/** The command that we become must not find itself with a child that it did not start, so init gets the new process. True in that. */
static bool fork_orphan(void) {
  pid_t pid = fork();
  if (pid == 0 && fork() == 0) return true;
  if (pid == 0) _exit(0);
  if (pid < 0) die(NULL, "fork: %s", strerror(errno));
  while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
  return false;
}

static void place(int fd, int number) {
  if (dup2(fd, number) < 0) _exit(EXIT_FAILED);
}

/** A fresh program image: none of the caller's environment, arguments or heap stays around for as long as the user is logged in. */
static _Noreturn void exec_pause(int folder, int lock, int ready) {
  // Above the numbers that are about to be taken.
  int high[] = {fcntl(folder, F_DUPFD_CLOEXEC, 16), fcntl(lock, F_DUPFD_CLOEXEC, 16), fcntl(ready, F_DUPFD_CLOEXEC, 16)};
  place(high[0], FOLDER_FD), place(high[1], LOCK_FD), place(high[2], READY_FD);
  execve("/proc/self/exe", (char *[]){PAUSE_NAME, NULL}, (char *[]){NULL});
  warn("Error: execute the pause process: %s", strerror(errno));
  _exit(EXIT_FAILED);
}

/** Inside of the new namespaces, once the ids are mapped. */
static void settle(void) {
  if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0) {
    warn("Error: become root of the user namespace: %s", strerror(errno));
    _exit(EXIT_FAILED);
  }
  // What the host mounts later shows inside; nothing of ours shows outside.
  if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0) return;
  warn("Error: mount inside of the user namespace: %s", strerror(errno));
  if (errno == EACCES || errno == EPERM)
    warn("AppArmor may forbid it; see: sysctl kernel.apparmor_restrict_unprivileged_userns");
  _exit(EXIT_FAILED);
}

static Child fork_pause(int folder, int lock, Unshared *unshared) {
  int told[2], go[2];
  char byte;
  make_pipe(told), make_pipe(go);
  if (fork_orphan()) {
    close(go[1]);
    *unshared = (Unshared){.pid = getpid(), .number = unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ? errno : 0};
    write_whole(told[1], unshared, sizeof *unshared);
    if (unshared->number || !read_whole(go[0], &byte, 1)) _exit(EXIT_FAILED);
    settle();
    exec_pause(folder, lock, told[1]);
  }
  close(told[1]), close(go[0]);
  if (!read_whole(told[0], unshared, sizeof *unshared)) *unshared = (Unshared){.number = ECHILD};
  return (Child){.pid = unshared->pid, .told = told[0], .go = go[1]};
}

static _Noreturn void refuse_unshare(int number) {
  if (number == ENOSPC) die("Raise it: sysctl user.max_user_namespaces", "no more user namespaces are allowed");
  if (number == EPERM)
    die("See: sysctl kernel.unprivileged_userns_clone kernel.apparmor_restrict_unprivileged_userns", "this system forbids user namespaces to ordinary users");
  die(NULL, "make a user namespace: %s", strerror(number));
}

static Child unshared_child(int folder, int lock) {
  Unshared unshared;
  Child child = fork_pause(folder, lock, &unshared);
  if (unshared.number) refuse_unshare(unshared.number);
  return child;
}

static void await_ready(int told) {
  char byte;
  bool is_ready = read_whole(told, &byte, 1);
  close(told);
  if (!is_ready) die(NULL, "the user namespace could not be set up");
}

static const char *user_name(void) {
  struct passwd *entry = getpwuid(getuid());
  return entry ? entry->pw_name : NULL;
}

static bool map_with_helpers(pid_t pid, char reason[256]) {
  const char *name = user_name();
  Ranges users = subordinate_ids("/etc/subuid", name, getuid());
  Ranges groups = subordinate_ids("/etc/subgid", name, getuid());
  if (users.count == 0 || groups.count == 0) {
    snprintf(reason, 256, "no range for %s in %s", name ? name : "this user", users.count == 0 ? "/etc/subuid" : "/etc/subgid");
    return false;
  }
  return map_ranges("newuidmap", pid, &users, reason) == MAPPED && map_ranges("newgidmap", pid, &groups, reason) == MAPPED;
}

/** A range that is nobody's yet, in the form that fits: usermod knows no user without a name. */
static void advise(void) {
  const char *name = user_name();
  unsigned long user = first_free_id("/etc/subuid"), group = first_free_id("/etc/subgid");
  unsigned long first = user > group ? user : group;
  if (name) warn("For more: apt install uidmap; usermod --add-subuids %lu-%lu --add-subgids %lu-%lu %s; gantry system migrate", first, first + 65535, first, first + 65535, name);
  else warn("For more: apt install uidmap, add '%u:%lu:65536' to /etc/subuid and /etc/subgid, then: gantry system migrate", getuid(), first);
}

void start_pause(int folder, int lock) {
  char reason[256];
  Child child = unshared_child(folder, lock);
  if (!map_with_helpers(child.pid, reason)) {
    // A map can be written once only, so a half-mapped namespace is given up.
    close(child.told), close(child.go);
    warn("Warning: only your own user id can be used in containers: %s", reason);
    advise();
    child = unshared_child(folder, lock);
    map_single(child.pid);
  }
  write_whole(child.go, "g", 1);
  close(child.go);
  await_ready(child.told);
}

void restart_pause(int folder, int lock, const Namespaces *spaces) {
  int told[2];
  make_pipe(told);
  if (fork_orphan()) {
    enter(spaces);
    exec_pause(folder, lock, told[1]);
  }
  close(told[1]), close(spaces->user), close(spaces->mount);
  await_ready(told[0]);
}

static unsigned long long inode_of(const char *path) {
  struct stat facts;
  return stat(path, &facts) == 0 ? facts.st_ino : 0;
}

/** Atomic, and not synced: it speaks of this boot only. One fixed temporary name, for the lock is held. */
static bool write_record(void) {
  char text[160];
  int length = snprintf(text, sizeof text, "%d %llu %llu %llu\n", getpid(), start_time(getpid()), inode_of("/proc/self/ns/user"), inode_of("/proc/self/ns/mnt"));
  int fd = openat(FOLDER_FD, "pause.pid.tmp", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  bool is_written = write(fd, text, (size_t)length) == length;
  close(fd);
  return is_written && renameat(FOLDER_FD, "pause.pid.tmp", FOLDER_FD, "pause.pid") == 0;
}

void be_pause(void) {
  prctl(PR_SET_NAME, PAUSE_NAME);
  setsid();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGTERM, SIG_DFL);
  signal(SIGHUP, SIG_IGN);
  signal(SIGINT, SIG_IGN);
  if (chdir("/") < 0 || !write_record()) {
    warn("Error: write 'pause.pid' in the runtime folder: %s", strerror(errno));
    _exit(EXIT_FAILED);
  }
  write_whole(READY_FD, "r", 1);
  int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; fd++) dup2(null, fd);
  close_range(FOLDER_FD, ~0U, 0);
  for (;;) pause();
}
