#pragma once

#include <cstdint>
#include <vector>

#include "sys/process.h"

namespace podprobe::tasks {

/// What decides who may look into a process, and only a descriptor tells.
struct Ancestry {
  /// Numbers of its pid namespace and of those above it, as far as this process may know them.
  std::vector<std::uint32_t> pid_namespaces;
  /// The same for its user namespace.
  std::vector<std::uint32_t> user_namespaces;
  /// Who made each of the user namespaces.
  std::vector<std::uint32_t> owners;
  /// /proc/PID/environ can be opened by a thread of this process that has put down CAP_SYS_PTRACE, and what else lets one look
  /// into any process: CAP_PERFMON and CAP_SYS_ADMIN.
  bool opens_unprivileged = false;
  /// The same for one that has put down CAP_SYS_PTRACE alone.
  bool opens_untracing = false;
};

/// Errors: ESRCH; EACCES its namespaces may not be seen.
Ancestry read_ancestry(const sys::Process& process);

}  // namespace podprobe::tasks
