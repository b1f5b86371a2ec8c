#include "tasks/exec_step.h"

#include <array>

#include "core/capability.h"

namespace podprobe::tasks {

namespace {

struct Step {
  const char* name;
  /// What EPERM or EACCES means.
  const char* denied;
};

constexpr const char* namespace_admin = "needs CAP_SYS_ADMIN, here and in the user namespace that owns it: run as root, or join `user`, too";
constexpr const char* other_groups = "needs CAP_SETGID in the container's user namespace: run as root";
constexpr const char* secured = "the securebits of this process forbid it (capabilities(7)): run without them";

constexpr std::array<Step, NSEXEC_STEPS> steps = {{
    {"exec", ""},
    {"plan", ""},
    {"clone", ""},
    {"oom_score_adj", "to go below the value of this process needs CAP_SYS_RESOURCE: run as root"},
    {"cgroup", "needs write access to the container's cgroup, as root has: run as root, or choose namespaces"},
    {"prlimit", "to raise a hard limit needs CAP_SYS_RESOURCE: run as root, or choose namespaces"},
    {"open", "needs CAP_SYS_PTRACE: run as root"},
    {"setns", namespace_admin},
    {"open(root)", "needs CAP_SYS_PTRACE: run as root"},
    {"open(cwd)", "needs CAP_SYS_PTRACE: run as root"},
    {"chroot", "needs CAP_SYS_CHROOT in the container's user namespace: run as root"},
    {"chdir", "the container's user may not enter it"},
    {"open(ptmx)", "the container's devices do not allow it"},
    {"prctl(PR_CAPBSET_DROP)", "needs CAP_SETPCAP: run as root, or choose namespaces"},
    {"setgroups", other_groups},
    {"setresgid", other_groups},
    {"setresuid", "needs CAP_SETUID in the container's user namespace: run as root"},
    {"capset", secured},
    {"prctl(PR_CAP_AMBIENT)", secured},
    {"prctl(PR_SET_NO_NEW_PRIVS)", ""},
    {"execve", ""},
    {"exec", ""},
}};

const char* namespace_name(std::uint64_t bit) {
  switch (bit) {
    case NSEXEC_USER: return "user";
    case NSEXEC_CGROUP: return "cgroup";
    case NSEXEC_IPC: return "ipc";
    case NSEXEC_UTS: return "uts";
    case NSEXEC_NET: return "net";
    case NSEXEC_PID: return "pid";
    case NSEXEC_TIME: return "time";
    default: return "mnt";
  }
}

std::string name_of(const nsexec_report& report) {
  const std::string name = steps[static_cast<std::size_t>(report.value)].name;
  if (report.value == NSEXEC_STEP_SETNS) return name + "(" + namespace_name(report.detail) + ")";
  if (report.value == NSEXEC_STEP_OPEN_NS) return name + "(ns/" + namespace_name(report.detail) + ")";
  if (report.value == NSEXEC_STEP_LIMIT) return name + "(" + std::to_string(report.detail) + ")";
  return name;
}

std::string explain(const nsexec_report& report) {
  const int error = report.error;
  const bool denied = error == EPERM || error == EACCES;
  switch (report.value) {
    case NSEXEC_STEP_SETNS:
      if (denied && report.detail == NSEXEC_MNT) {
        return "needs CAP_SYS_ADMIN and CAP_SYS_CHROOT, and CAP_SYS_ADMIN in the user namespace that owns it: run as root, or join `user`, too";
      }
      if (denied && report.detail == NSEXEC_USER) return "needs CAP_SYS_ADMIN in it: run as its owner, or as root";
      break;
    case NSEXEC_STEP_CAPSET:
      if (!denied || report.detail == 0) break;
      return "needs " + core::capability_names(report.detail) + ", which the container has: run as root";
    case NSEXEC_STEP_TTY:
      if (error == ENODEV) return "the container has no devpts behind /dev/pts/ptmx or /dev/ptmx: run it without a terminal";
      break;
    case NSEXEC_STEP_EXEC:
      if (error == ENOENT) return "no such program in the container, or the interpreter or loader that it names is missing";
      if (error == EACCES) return "it is not executable for the container's user, or stands on a mount without exec";
      if (error == ENOEXEC) return "it is no program of this machine, and no script with #!";
      break;
    case NSEXEC_STEP_LOST: return "a process of the helper was killed before the command ran";
    default: break;
  }
  return denied ? steps[static_cast<std::size_t>(report.value)].denied : "";
}

}  // namespace

sys::Error step_error(const nsexec_report& report, const std::string& on) {
  if (report.value <= NSEXEC_STEP_NONE || report.value >= NSEXEC_STEPS) return {EPROTO, "exec"};
  const bool looks = report.value == NSEXEC_STEP_OPEN_NS || report.value == NSEXEC_STEP_OPEN_ROOT || report.value == NSEXEC_STEP_OPEN_CWD;
  if (looks && report.error == ENOENT) return {ESRCH, name_of(report), on, "it has exited, or is a kernel thread"};
  if (report.value == NSEXEC_STEP_TTY && report.error == ENOENT) return step_error({report.kind, report.value, ENODEV, 0}, on);
  return {report.error, name_of(report), on, explain(report)};
}

}  // namespace podprobe::tasks
