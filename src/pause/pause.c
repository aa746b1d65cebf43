// The first process of a pod's infra container: keeps namespaces alive, reaps what is left to it, ends when it is asked to.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    // Blocked, signals reach the first process of a pid namespace too, which else ignores those without a handler.
    sigset_t awaited;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGCHLD);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGTERM);
    sigprocmask(SIG_BLOCK, &awaited, NULL);
    for (;;) {
        siginfo_t info;
        int number = sigwaitinfo(&awaited, &info);
        if (number == SIGCHLD) while (waitpid(-1, NULL, WNOHANG) > 0);
        if (number == SIGINT || number == SIGTERM) return 0;
    }
}
