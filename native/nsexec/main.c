/*
 * Runs a command in the namespaces of a process, for podprobe. Three processes:
 *   the monitor      stays where it was started; carries orders, signals and the exit status over the control socket, and
 *                    kills the command's process group when the socket ends, for then podprobe is gone
 *   the joiner       enters the namespaces, starts the command, and ends
 *   the command      a child of the monitor (CLONE_PARENT), in the pid namespace of the process
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "command.h"
#include "freestanding/descriptors.h"
#include "tty.h"

struct monitor {
  struct plan plan;
  struct start *start;
  int life[2];      /* a pipe whose writing end is the monitor's alone */
  int terminal[2];  /* the way of a new terminal's master; -1: none */
  int signals;
  int joiner;       /* 0: it has ended */
  int command;      /* 0: not started, or it has ended */
  int status;       /* of the command, when `ended` */
  bool started, ended;
  struct pump pump;
};

enum { AT_CONTROL, AT_SIGNALS, AT_PUMP, POLLS = AT_PUMP + 4, WORD = 64 };

static void close_others(void) {
  close_from(NSEXEC_FDS);
  for (int fd = NSEXEC_CONTROL_FD; fd < NSEXEC_FDS; fd++) kernel(fcntl, fd, F_SETFD, FD_CLOEXEC);
}

/* Ignored signals stay so over execve(2): Node ignores SIGPIPE, posix_spawn(3) those that are libc's own. */
static void reset_signals(void) {
  const unsigned long by_default[8] = {0};
  const signal_set all = ~0UL;
  for (int number = 1; number <= WORD; number++) kernel(rt_sigaction, number, by_default, 0, sizeof(signal_set));
  kernel(rt_sigprocmask, SIG_SETMASK, &all, 0, sizeof all);
}

static void send_report(uint32_t kind, int32_t value, int32_t error, uint64_t detail) {
  const struct nsexec_report report = {kind, value, error, detail};
  kernel(sendto, NSEXEC_CONTROL_FD, &report, sizeof report, MSG_NOSIGNAL, 0, 0);
}

_Noreturn static void leave(void) {
  for (;;) kernel(exit_group, 0);
}

_Noreturn static void give_up(enum nsexec_step step, long error) {
  send_report(NSEXEC_FAILED, (int32_t)step, (int32_t)-error, 0);
  leave();
}

static void kill_all(const struct monitor *monitor) {
  const int command = monitor->command ? monitor->command : monitor->start->command;
  if (monitor->joiner) kernel(kill, monitor->joiner, SIGKILL);
  if (command <= 0 || monitor->ended) return;
  kernel(kill, -command, SIGKILL);
  kernel(kill, command, SIGKILL);
}

/* Copies this process; what comes back is the child's pid, or 0 in the child. */
static long copy_process(unsigned long flags, int *pid) { return kernel(clone, flags | SIGCHLD, 0, pid, 0, 0); }

_Noreturn static void run_joiner(struct monitor *monitor) {
  struct handed_on handed_on = {.life = monitor->life[0], .terminal = monitor->terminal[1]};
  kernel(prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  kernel(close, monitor->life[1]);
  join(monitor->start, &monitor->plan, &handed_on);
  /* CLONE_VFORK: this process ends when the command runs, or has failed to */
  const long pid = copy_process(CLONE_PARENT | CLONE_VFORK | CLONE_PARENT_SETTID, &monitor->start->command);
  if (pid == 0) run_command(monitor->start, &monitor->plan, &handed_on);
  if (pid < 0) fail(monitor->start, NSEXEC_STEP_FORK, pid, 0);
  for (;;) kernel(exit_group, 0);
}

static void prepare(struct monitor *monitor) {
  const signal_set child = 1UL << (SIGCHLD - 1);
  reset_signals();
  close_others();
  const long error = read_plan(&monitor->plan);
  if (error < 0) give_up(NSEXEC_STEP_PLAN, error);
  const long page = kernel(mmap, 0, sizeof(struct start), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const long life = kernel(pipe2, monitor->life, O_CLOEXEC);
  const long signals = kernel(signalfd4, -1, &child, sizeof child, O_CLOEXEC | O_NONBLOCK);
  if (page < 0 && page > -4096) give_up(NSEXEC_STEP_FORK, page);
  if (life < 0 || signals < 0) give_up(NSEXEC_STEP_FORK, life < 0 ? life : signals);
  monitor->start = (struct start *)page;
  monitor->signals = (int)signals;
  monitor->pump.master = -1;
  if (!(monitor->plan.head->flags & NSEXEC_TTY)) return;
  const long pair = kernel(socketpair, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, monitor->terminal);
  if (pair < 0) give_up(NSEXEC_STEP_TTY, pair);
}

static void start_joiner(struct monitor *monitor) {
  const long pid = copy_process(0, 0);
  if (pid == 0) run_joiner(monitor);
  if (pid < 0) give_up(NSEXEC_STEP_FORK, pid);
  monitor->joiner = (int)pid;
  kernel(prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
  kernel(close, NSEXEC_PROCESS_FD);
  if (monitor->plan.head->flags & NSEXEC_BINARY) kernel(close, NSEXEC_BINARY_FD);
  kernel(close, monitor->life[0]);
}

/* The joiner has ended: the command runs, or something failed. */
static void conclude_start(struct monitor *monitor, int status) {
  const struct nsexec_report *const failure = &monitor->start->failure;
  monitor->joiner = 0;
  if (failure->kind == 0 && (status != 0 || monitor->start->command <= 0)) {
    kill_all(monitor);
    give_up(NSEXEC_STEP_LOST, -ECHILD);
  }
  if (failure->kind != 0) {
    send_report(failure->kind, failure->value, failure->error, failure->detail);
    leave();
  }
  if (!monitor->ended) monitor->command = monitor->start->command;
  monitor->started = true;
  if (monitor->plan.head->flags & NSEXEC_TTY) {
    const long master = take_master(monitor->terminal[0]);
    if (master >= 0) start_pump(&monitor->pump, (int)master);
  } else {
    kernel(close, 0);
    kernel(close, 1);
  }
  kernel(close, 2);
  forget_plan(&monitor->plan);
  send_report(NSEXEC_STARTED, monitor->start->command, 0, 0);
}

static void report_exit(const struct monitor *monitor) {
  const int status = monitor->status;
  if (WIFSIGNALED(status)) send_report(NSEXEC_EXITED, -1, WTERMSIG(status), 0);
  else send_report(NSEXEC_EXITED, WEXITSTATUS(status), 0, 0);
}

static void collect_children(struct monitor *monitor) {
  char seen[128];
  int status = 0;
  long pid;
  kernel(read, monitor->signals, seen, sizeof seen);
  int joined = -1;
  while ((pid = kernel(wait4, -1, &status, WNOHANG, 0)) > 0) {
    if (pid == monitor->joiner) {
      joined = status;
    } else if (pid == monitor->start->command) {
      monitor->status = status;
      monitor->ended = true;
      monitor->command = 0;
    }
  }
  if (joined >= 0) conclude_start(monitor, joined);
  if (monitor->started && monitor->ended) report_exit(monitor), monitor->started = false;
}

static void take_orders(struct monitor *monitor) {
  struct nsexec_order order;
  const long size = kernel(recvfrom, NSEXEC_CONTROL_FD, &order, sizeof order, MSG_WAITALL, 0, 0);
  if (size == -EINTR) return;
  if (size != sizeof order) {
    kill_all(monitor);
    leave();
  }
  if (order.kind == NSEXEC_SIGNAL && monitor->command && order.a <= WORD) kernel(kill, monitor->command, order.a);
  if (order.kind == NSEXEC_RESIZE && monitor->pump.master >= 0) resize(monitor->pump.master, order.a, order.b);
  if (order.kind == NSEXEC_KILL) kill_all(monitor);
}

static bool is_done(struct monitor *monitor) {
  return monitor->ended && !monitor->joiner && !pump_has_output(&monitor->pump);
}

_Noreturn void run_program(void) {
  static struct monitor monitor;
  prepare(&monitor);
  start_joiner(&monitor);
  while (!is_done(&monitor)) {
    struct pollfd polls[POLLS] = {{NSEXEC_CONTROL_FD, POLLIN, 0}, {monitor.signals, POLLIN, 0}};
    watch_pump(&monitor.pump, polls + AT_PUMP);
    if (kernel(ppoll, polls, POLLS, 0, 0, 0) < 0) continue;
    if (polls[AT_PUMP].revents || polls[AT_PUMP + 1].revents || polls[AT_PUMP + 2].revents || polls[AT_PUMP + 3].revents)
      run_pump(&monitor.pump, polls + AT_PUMP);
    if (polls[AT_CONTROL].revents) take_orders(&monitor);
    if (polls[AT_SIGNALS].revents) collect_children(&monitor);
  }
  leave();
}
