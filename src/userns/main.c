// userns -- CMD [ARG…]: becomes CMD inside the user and mount namespace that all of this user's Gantry commands share. One pause
// process per user keeps the namespaces alive; it is made on first use. For root, and inside already, it just becomes CMD.

#include "userns.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static void say(const char *format, va_list arguments) {
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
}

void warn(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  say(format, arguments);
  va_end(arguments);
}

void die(const char *hint, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("Error: ", stderr);
  say(format, arguments);
  va_end(arguments);
  if (hint) fprintf(stderr, "%s\n", hint);
  exit(EXIT_FAILED);
}

static void set_flag(const char *name, bool is_set) {
  if (is_set) setenv(name, "1", 1);
  else unsetenv(name);
}

static bool find_namespaces(int folder, Namespaces *spaces) {
  Pause pause;
  if (!read_pause(folder, &pause) || !open_pause(&pause, spaces)) return false;
  set_flag("_GANTRY_PAUSE_STRAYS", is_in_session(&pause));
  return true;
}

/** Of many first starts at once, the holder of the lock makes the pause process; the others find it. */
static void make_namespaces(int folder, Namespaces *spaces) {
  int lock = openat(folder, "pause.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock < 0) die(NULL, "open 'pause.lock' in the runtime folder: %s", strerror(errno));
  while (flock(lock, LOCK_EX) < 0)
    if (errno != EINTR) die(NULL, "flock 'pause.lock': %s", strerror(errno));
  if (!find_namespaces(folder, spaces)) {
    Pause dead;
    bool is_recorded = read_pause(folder, &dead);
    if ((is_recorded && open_by_monitor(&dead, spaces)) || open_by_monitor(NULL, spaces)) restart_pause(folder, lock, spaces);
    else start_pause(folder, lock);
    if (!find_namespaces(folder, spaces)) die("Try again.", "the pause process ended at once");
    // In a service, whose end takes it along, it is as much out of place.
    set_flag("_GANTRY_PAUSE_STRAYS", true);
  }
  close(lock);
}

void enter(const Namespaces *spaces) {
  if (setns(spaces->user, CLONE_NEWUSER) < 0) die(NULL, "enter the user namespace: %s", strerror(errno));
  if (setns(spaces->mount, CLONE_NEWNS) < 0) die(NULL, "enter the mount namespace: %s", strerror(errno));
  if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0) die(NULL, "become root of the user namespace: %s", strerror(errno));
}

/** Entering a mount namespace leads to its root. The path is preferred, for it shows mounts that only exist inside. */
static void return_to(int folder, const char *path) {
  if (path && chdir(path) == 0) return;
  if (folder >= 0 && fchdir(folder) == 0) return;
  if (chdir("/") < 0) die(NULL, "change to '/': %s", strerror(errno));
}

static void set_number(const char *name, unsigned long number) {
  char text[24];
  snprintf(text, sizeof text, "%lu", number);
  setenv(name, text, 1);
}

static void join_namespaces(void) {
  // Ignored, as some callers leave it, no child could be waited for.
  signal(SIGCHLD, SIG_DFL);
  uid_t uid = getuid();
  gid_t gid = getgid();
  char *path = getcwd(NULL, 0);
  int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  int folder = open_run_folder(uid);
  Namespaces spaces;
  if (!find_namespaces(folder, &spaces)) make_namespaces(folder, &spaces);
  enter(&spaces);
  return_to(here, path);
  close(spaces.user), close(spaces.mount), close(folder);
  if (here >= 0) close(here);
  free(path);
  set_number("_GANTRY_ROOTLESS_UID", uid);
  set_number("_GANTRY_ROOTLESS_GID", gid);
  struct passwd *entry = getenv("HOME") ? NULL : getpwuid(uid);
  if (entry) setenv("HOME", entry->pw_dir, 1);
}

int main(int argc, char **argv) {
  if (strcmp(argv[0], PAUSE_NAME) == 0) be_pause();
  if (argc < 3 || strcmp(argv[1], "--") != 0) die(NULL, "usage: userns -- COMMAND [ARG...]");
  if (geteuid() != 0) join_namespaces();
  execvp(argv[2], argv + 2);
  die(NULL, "execute '%s': %s", argv[2], strerror(errno));
}
