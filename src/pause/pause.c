// The first process of a pod's infra container: keeps namespaces alive, reaps what is left to it, ends when it is asked to. Without a C
// library, which would be most of its memory, where its few system calls are known.

#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#if defined(__x86_64__)
static long call(long number, long a, long b, long c, long d)
{
    register long fourth __asm__("r10") = d;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                     : "rcx", "r11", "memory");
    return result;
}
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tand $-16, %rsp\n\tcall wait_for_end\n");
#elif defined(__aarch64__)
static long call(long number, long a, long b, long c, long d)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
}
__asm__(".globl _start\n_start:\n\tbl wait_for_end\n");
#else
#error "its system calls are not known on this architecture: add them beside the others"
#endif

/** As the kernel counts signals in a set. */
static unsigned long bit(int number)
{
    return 1UL << (number - 1);
}

void wait_for_end(void)
{
    // Blocked, signals reach the first process of a pid namespace too, which else ignores those without a handler.
    unsigned long awaited = bit(SIGCHLD) | bit(SIGINT) | bit(SIGTERM);
    call(SYS_rt_sigprocmask, SIG_BLOCK, (long)&awaited, 0, sizeof awaited);
    for (;;) {
        long number = call(SYS_rt_sigtimedwait, (long)&awaited, 0, 0, sizeof awaited);
        if (number == SIGCHLD) while (call(SYS_wait4, -1, 0, WNOHANG, 0) > 0);
        if (number == SIGINT || number == SIGTERM) call(SYS_exit_group, 0, 0, 0, 0);
    }
}
