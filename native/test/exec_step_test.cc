#include "tasks/exec_step.h"

#include "test/check.h"

using podprobe::sys::Error;
using podprobe::tasks::step_error;

namespace {

constexpr std::uint64_t kill_and_admin = 1U << 5 | 1U << 21;

struct Denied {
  nsexec_step step;
  std::uint64_t detail;
  const char* name;
  const char* needs;
};

constexpr Denied denied[] = {
    {NSEXEC_STEP_OOM, 0, "oom_score_adj", "CAP_SYS_RESOURCE"},
    {NSEXEC_STEP_CGROUP, 0, "cgroup", "write access to the container's cgroup"},
    {NSEXEC_STEP_LIMIT, 7, "prlimit(7)", "CAP_SYS_RESOURCE"},
    {NSEXEC_STEP_OPEN_NS, NSEXEC_NET, "open(ns/net)", "CAP_SYS_PTRACE"},
    {NSEXEC_STEP_SETNS, NSEXEC_PID, "setns(pid)", "CAP_SYS_ADMIN, here and in the user namespace that owns it"},
    {NSEXEC_STEP_SETNS, NSEXEC_USER, "setns(user)", "CAP_SYS_ADMIN in it"},
    {NSEXEC_STEP_SETNS, NSEXEC_MNT, "setns(mnt)", "CAP_SYS_ADMIN and CAP_SYS_CHROOT"},
    {NSEXEC_STEP_OPEN_ROOT, 0, "open(root)", "CAP_SYS_PTRACE"},
    {NSEXEC_STEP_OPEN_CWD, 0, "open(cwd)", "CAP_SYS_PTRACE"},
    {NSEXEC_STEP_CHROOT, 0, "chroot", "CAP_SYS_CHROOT"},
    {NSEXEC_STEP_CHDIR, 0, "chdir", "the container's user may not enter it"},
    {NSEXEC_STEP_TTY, 0, "open(ptmx)", "the container's devices"},
    {NSEXEC_STEP_BOUNDING, 0, "prctl(PR_CAPBSET_DROP)", "CAP_SETPCAP"},
    {NSEXEC_STEP_SETGROUPS, 0, "setgroups", "CAP_SETGID"},
    {NSEXEC_STEP_SETGID, 0, "setresgid", "CAP_SETGID"},
    {NSEXEC_STEP_SETUID, 0, "setresuid", "CAP_SETUID"},
    {NSEXEC_STEP_CAPSET, kill_and_admin, "capset", "needs CAP_KILL, CAP_SYS_ADMIN, which the container has"},
    {NSEXEC_STEP_CAPSET, 0, "capset", "securebits"},
    {NSEXEC_STEP_AMBIENT, 0, "prctl(PR_CAP_AMBIENT)", "securebits"},
};

Error error_of(nsexec_step step, int number, std::uint64_t detail = 0) {
  return step_error({NSEXEC_FAILED, step, number, detail}, "it");
}

}  // namespace

TEST("names the step that is denied, and what it needs") {
  for (const Denied& one : denied) {
    for (const int number : {EPERM, EACCES}) {
      const Error error = error_of(one.step, number, one.detail);
      CHECK_EQUAL(error.number, number);
      CHECK_EQUAL(error.syscall, one.name);
      CHECK_EQUAL(error.path, "it");
      CHECK(error.detail.find(one.needs) != std::string::npos);
    }
  }
}

TEST("tells of no capability where another error says what is wrong") {
  for (const Denied& one : denied) CHECK_EQUAL(error_of(one.step, EINVAL, one.detail).detail, "");
}

TEST("tells a process that is gone from a file that is missing") {
  for (const nsexec_step step : {NSEXEC_STEP_OPEN_NS, NSEXEC_STEP_OPEN_ROOT, NSEXEC_STEP_OPEN_CWD}) {
    CHECK_EQUAL(error_of(step, ENOENT).number, ESRCH);
  }
  CHECK_EQUAL(error_of(NSEXEC_STEP_EXEC, ENOENT).number, ENOENT);
  CHECK_EQUAL(error_of(NSEXEC_STEP_TTY, ENOENT).number, ENODEV);
}

TEST("takes no step from the helper that there is not") {
  for (const int step : {-1, 0, int{NSEXEC_STEPS}}) CHECK_EQUAL(step_error({NSEXEC_FAILED, step, EPERM, 0}, "it").number, EPROTO);
}
