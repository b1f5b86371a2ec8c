#include "join.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdbool.h>
#include <sys/prctl.h>

/* What has to be opened while our own /proc is still there. */
struct opened {
  int namespaces[NSEXEC_NAMESPACES]; /* -1: not to be joined */
  int root, cwd;
};

static const char *const own_namespaces[NSEXEC_NAMESPACES] = {
    "/proc/self/ns/user", "/proc/self/ns/cgroup", "/proc/self/ns/ipc",  "/proc/self/ns/uts",
    "/proc/self/ns/net",  "/proc/self/ns/pid",    "/proc/self/ns/time", "/proc/self/ns/mnt"};

enum { OWN_PREFIX = sizeof "/proc/self/" - 1 };

static bool same_file(int fd, const char *path) {
  struct statx a, b;
  return kernel(statx, fd, "", AT_EMPTY_PATH, STATX_INO, &a) == 0 && kernel(statx, AT_FDCWD, path, 0, STATX_INO, &b) == 0 &&
         a.stx_ino == b.stx_ino && a.stx_dev_major == b.stx_dev_major && a.stx_dev_minor == b.stx_dev_minor;
}

/* Namespaces that are ours already are left out: setns(2) refuses our own user namespace. */
static void open_namespaces(struct start *start, const struct plan *plan, struct opened *opened) {
  for (unsigned i = 0; i < NSEXEC_NAMESPACES; i++) {
    const uint32_t bit = 1U << i;
    opened->namespaces[i] = -1;
    if (!(plan->head->namespaces & bit)) continue;
    const char *const name = own_namespaces[i] + OWN_PREFIX;
    const long fd = kernel(openat, NSEXEC_PROCESS_FD, name, O_RDONLY | O_CLOEXEC);
    /* this kernel has no such namespaces */
    if (fd == -ENOENT && kernel(faccessat, AT_FDCWD, own_namespaces[i], 0) == -ENOENT) continue;
    if (fd < 0) fail(start, NSEXEC_STEP_OPEN_NS, fd, bit);
    if (same_file((int)fd, own_namespaces[i])) kernel(close, fd);
    else opened->namespaces[i] = (int)fd;
  }
}

static int open_directory(struct start *start, const char *name, enum nsexec_step step) {
  const long fd = kernel(openat, NSEXEC_PROCESS_FD, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) fail(start, step, fd, 0);
  return (int)fd;
}

static void open_all(struct start *start, const struct plan *plan, struct opened *opened, struct handed_on *handed_on) {
  for (uint32_t i = 0; i < plan->head->cgroups; i++) {
    const long fd = kernel(openat, AT_FDCWD, plan->cgroups[i], O_WRONLY | O_CLOEXEC);
    if (fd < 0) fail(start, NSEXEC_STEP_CGROUP, fd, i);
    handed_on->cgroups[i] = (int)fd;
  }
  open_namespaces(start, plan, opened);
  opened->root = plan->head->flags & NSEXEC_CHROOT ? open_directory(start, "root", NSEXEC_STEP_OPEN_ROOT) : -1;
  opened->cwd = plan->head->flags & NSEXEC_TARGET_CWD ? open_directory(start, "cwd", NSEXEC_STEP_OPEN_CWD) : -1;
}

static size_t print_number(char *out, int32_t value) {
  char digits[12];
  size_t count = 0, size = 0;
  uint32_t rest = value < 0 ? -(uint32_t)value : (uint32_t)value;
  do digits[count++] = (char)('0' + rest % 10);
  while (rest /= 10);
  if (value < 0) out[size++] = '-';
  while (count) out[size++] = digits[--count];
  return size;
}

/* Only /proc takes it, so it is set here, where /proc is still our own; the command inherits it. */
static void set_oom_score(struct start *start, int32_t value) {
  char text[12];
  const size_t size = print_number(text, value);
  const long fd = kernel(openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  const long written = fd < 0 ? fd : kernel(write, fd, text, size);
  if (written < 0) fail(start, NSEXEC_STEP_OOM, written, 0);
  kernel(close, fd);
}

/* In our own user namespace: to raise a hard limit takes CAP_SYS_RESOURCE there. */
static void set_limits(struct start *start, const struct nsexec_limit *limits) {
  for (unsigned i = 0; i < NSEXEC_LIMITS; i++) {
    const long error = kernel(prlimit64, 0, i, &limits[i], 0);
    if (error < 0) fail(start, NSEXEC_STEP_LIMIT, error, i);
  }
}

/* Joins one; true when it is done. EPERM can mean that the user namespace must be joined first. */
static bool join_one(struct start *start, struct opened *opened, unsigned i, bool forgive) {
  if (opened->namespaces[i] < 0) return true;
  const long error = kernel(setns, opened->namespaces[i], 0);
  if (error == -EPERM && forgive) return false;
  if (error < 0) fail(start, NSEXEC_STEP_SETNS, error, 1U << i);
  kernel(close, opened->namespaces[i]);
  opened->namespaces[i] = -1;
  return true;
}

/* All but user with the privileges we have, then user, then the rest with those we have there. */
static void join_namespaces(struct start *start, struct opened *opened) {
  const bool other_user = opened->namespaces[0] >= 0;
  for (unsigned i = 1; i < NSEXEC_NAMESPACES; i++) join_one(start, opened, i, other_user);
  if (!other_user) return;
  for (unsigned i = 0; i < NSEXEC_NAMESPACES; i++) join_one(start, opened, i, false);
}

/* chroot(2) needs a capability even where it changes nothing. */
static void change_root(struct start *start, int root) {
  long error = kernel(fchdir, root);
  if (error == 0) error = kernel(chroot, ".");
  if (error == -EPERM && same_file(root, "/")) error = 0;
  if (error < 0) fail(start, NSEXEC_STEP_CHROOT, error, 0);
}

/* A directory outside of the root would be a way out of it: then the root is it. */
static void change_directory(struct start *start, int cwd) {
  static char path[4096];
  const long error = kernel(fchdir, cwd);
  if (error < 0) fail(start, NSEXEC_STEP_CHDIR, error, 0);
  if (kernel(getcwd, path, sizeof path) > 0 && path[0] != '/') kernel(chdir, "/");
}

void join(struct start *start, const struct plan *plan, struct handed_on *handed_on) {
  struct opened opened;
  const uint32_t flags = plan->head->flags;
  if (flags & NSEXEC_IDENTITY) set_oom_score(start, plan->head->oom_score_adj);
  kernel(prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
  open_all(start, plan, &opened, handed_on);
  if (flags & NSEXEC_IDENTITY) set_limits(start, plan->head->limits);
  join_namespaces(start, &opened);
  if (opened.root >= 0) change_root(start, opened.root);
  if (opened.cwd >= 0) change_directory(start, opened.cwd);
}
