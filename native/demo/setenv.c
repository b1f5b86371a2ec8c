/*
 * The program of the experiment: it waits for SIGINT, calls setenv("foo", "bar", 0), and waits for another one.
 * It prints a line when it is ready for the next step, and ends when its standard input does.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number) {
  (void)signal_number;
  interrupted = 1;
}

/* Returns when SIGINT has come; exits when nobody holds the other end of standard input any more. */
static void wait_for_interrupt(const sigset_t *unblocked) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  while (!interrupted) {
    if (ppoll(&input, 1, NULL, unblocked) > 0) exit(0);
  }
  interrupted = 0;
}

int main(void) {
  struct sigaction action = {.sa_handler = on_interrupt};
  sigset_t blocked, unblocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGINT);
  if (sigprocmask(SIG_BLOCK, &blocked, &unblocked) != 0 || sigaction(SIGINT, &action, NULL) != 0) {
    perror("setenv: signals");
    return 1;
  }
  sigdelset(&unblocked, SIGINT);

  puts("waiting");
  fflush(stdout);
  wait_for_interrupt(&unblocked);

  if (setenv("foo", "bar", 0) != 0) {
    perror("setenv");
    return 1;
  }
  puts("set");
  fflush(stdout);
  wait_for_interrupt(&unblocked);
  return 0;
}
