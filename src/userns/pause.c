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
  /** The maker's ends: `told` says unshared or ready, closing or writing `go` answers. */
  int told, go;
} Child;

static void make_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) < 0) die(NULL, "pipe: %s", strerror(errno));
}

static bool read_byte(int fd, char *byte) {
  ssize_t got;
  do got = read(fd, byte, 1);
  while (got < 0 && errno == EINTR);
  return got == 1;
}

static void write_byte(int fd, char byte) {
  ssize_t put;
  do put = write(fd, &byte, 1);
  while (put < 0 && errno == EINTR);
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

static Child fork_pause(int folder, int lock) {
  int told[2], go[2];
  char byte;
  make_pipe(told), make_pipe(go);
  pid_t pid = fork();
  if (pid < 0) die(NULL, "fork: %s", strerror(errno));
  if (pid == 0) {
    close(go[1]);
    int number = unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ? errno : 0;
    write_byte(told[1], (char)number);
    if (number || !read_byte(go[0], &byte)) _exit(EXIT_FAILED);
    settle();
    exec_pause(folder, lock, told[1]);
  }
  close(told[1]), close(go[0]);
  return (Child){.pid = pid, .told = told[0], .go = go[1]};
}

static void give_up(const Child *child) {
  close(child->told), close(child->go);
  while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) continue;
}

static _Noreturn void refuse_unshare(int number) {
  if (number == ENOSPC) die("Raise it: sysctl user.max_user_namespaces", "no more user namespaces are allowed");
  if (number == EPERM)
    die("See: sysctl kernel.unprivileged_userns_clone kernel.apparmor_restrict_unprivileged_userns", "this system forbids user namespaces to ordinary users");
  die(NULL, "make a user namespace: %s", number ? strerror(number) : "the new process ended");
}

static Child unshared_child(int folder, int lock) {
  Child child = fork_pause(folder, lock);
  char number = 0;
  if (!read_byte(child.told, &number) || number) refuse_unshare(number);
  return child;
}

static void await_ready(const Child *child) {
  char byte;
  bool is_ready = read_byte(child->told, &byte);
  close(child->told);
  if (is_ready) return;
  while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) continue;
  die(NULL, "the user namespace could not be set up");
}

static bool map_with_helpers(pid_t pid, char reason[256]) {
  struct passwd *entry = getpwuid(getuid());
  const char *name = entry ? entry->pw_name : NULL;
  Ranges users = subordinate_ids("/etc/subuid", name, getuid());
  Ranges groups = subordinate_ids("/etc/subgid", name, getuid());
  if (users.count == 0 || groups.count == 0) {
    snprintf(reason, 256, "no range for %s in %s", name ? name : "this user", users.count == 0 ? "/etc/subuid" : "/etc/subgid");
    return false;
  }
  return map_ranges("newuidmap", pid, &users, reason) == MAPPED && map_ranges("newgidmap", pid, &groups, reason) == MAPPED;
}

void start_pause(int folder, int lock) {
  char reason[256];
  Child child = unshared_child(folder, lock);
  if (!map_with_helpers(child.pid, reason)) {
    // A map can be written once only, so a half-mapped namespace is given up.
    give_up(&child);
    warn("Warning: only your own user id can be used in containers: %s", reason);
    warn("For more: apt install uidmap; usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s", getenv("USER") ? getenv("USER") : "USER");
    child = unshared_child(folder, lock);
    map_single(child.pid);
  }
  write_byte(child.go, 'g');
  close(child.go);
  await_ready(&child);
}

void restart_pause(int folder, int lock, const Namespaces *spaces) {
  int told[2];
  make_pipe(told);
  pid_t pid = fork();
  if (pid < 0) die(NULL, "fork: %s", strerror(errno));
  if (pid == 0) {
    enter(spaces);
    exec_pause(folder, lock, told[1]);
  }
  close(told[1]), close(spaces->user), close(spaces->mount);
  await_ready(&(Child){.pid = pid, .told = told[0], .go = -1});
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
  write_byte(READY_FD, 'r');
  int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; fd++) dup2(null, fd);
  close_range(FOLDER_FD, ~0U, 0);
  for (;;) pause();
}
