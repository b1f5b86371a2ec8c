#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>

#include "identity.h"
#include "tty.h"

static const char *search_path(char **variables) {
  static const char name[] = "PATH=";
  for (; *variables; variables++) {
    size_t i = 0;
    while (name[i] && (*variables)[i] == name[i]) i++;
    if (!name[i]) return *variables + i;
  }
  return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

static _Bool has_slash(const char *text) {
  for (; *text; text++)
    if (*text == '/') return 1;
  return 0;
}

/* Tries one directory of the path, which ends at a colon or at the end. */
static long try_directory(const char **path, char *const *arguments, char *const *variables) {
  static char file[8192];
  const char *const name = arguments[0];
  const size_t length = text_length(name);
  size_t size = 0;
  for (; **path && **path != ':'; ++*path)
    if (size < sizeof file) file[size++] = **path;
  if (size == 0) file[size++] = '.';
  if (size + length + 2 > sizeof file) return -ENAMETOOLONG;
  file[size++] = '/';
  for (size_t i = 0; i <= length; i++) file[size++] = name[i];
  return kernel(execve, file, arguments, variables);
}

static long execute(const struct plan *plan) {
  char **const arguments = plan->arguments, **const variables = plan->variables;
  if (plan->head->flags & NSEXEC_BINARY)
    return kernel(execveat, NSEXEC_BINARY_FD, "", arguments, variables, AT_EMPTY_PATH);
  if (!*arguments[0]) return -ENOENT;
  if (has_slash(arguments[0])) return kernel(execve, arguments[0], arguments, variables);
  const char *path = search_path(variables);
  long worst = -ENOENT;
  for (;;) {
    const long error = try_directory(&path, arguments, variables);
    if (error != -ENOENT && error != -ENOTDIR && error != -EACCES && error != -ENAMETOOLONG) return error;
    if (error == -EACCES) worst = error;
    if (!*path++) return worst;
  }
}

/* The monitor's end would leave this process alone from here on: PR_SET_PDEATHSIG is lost when the ids change. */
static void die_with_monitor(int life) {
  const struct {
    long seconds, nanoseconds;
  } now = {0, 0};
  struct pollfd poll = {life, POLLIN, 0};
  kernel(prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (kernel(ppoll, &poll, 1, &now, 0, 0) == 1) kernel(exit_group, 1);
}

static void change_directory(struct start *start, const char *path, _Bool last) {
  const long error = path ? kernel(chdir, path) : 0;
  if (error < 0 && (last || (error != -EACCES && error != -EPERM))) fail(start, NSEXEC_STEP_CHDIR, error, 0);
}

_Noreturn void run_command(struct start *start, const struct plan *plan, const struct handed_on *handed_on) {
  const uint32_t flags = plan->head->flags;
  const signal_set none = 0;
  kernel(setsid);
  for (uint32_t i = 0; i < plan->head->cgroups; i++) {
    const long error = kernel(write, handed_on->cgroups[i], "0", 1);
    if (error < 0) fail(start, NSEXEC_STEP_CGROUP, error, i);
  }
  if (flags & NSEXEC_TTY) open_terminal(start, plan, handed_on->terminal);
  change_directory(start, plan->cwd, 0);
  if (flags & NSEXEC_IDENTITY) take_identity(start, plan);
  else if (plan->head->namespaces & NSEXEC_USER) become_root();
  change_directory(start, plan->cwd, 1);
  die_with_monitor(handed_on->life);
  /* all are close-on-exec already */
  kernel(close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
  kernel(rt_sigprocmask, SIG_SETMASK, &none, 0, sizeof none);
  fail(start, NSEXEC_STEP_EXEC, execute(plan), 0);
}
