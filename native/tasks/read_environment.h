#pragma once

#include <mutex>
#include <optional>

#include "core/auxv.h"
#include "core/initial_environ.h"
#include "core/live_environ.h"
#include "core/stat.h"
#include "sys/process.h"
#include "sys/remote_memory.h"
#include "tasks/pacing.h"

namespace podprobe::tasks {

/// What is asked of one process.
struct EnvironmentRequest {
  bool initial = true;
  bool live = true;
  std::chrono::milliseconds stop{0};  ///< stop the target for at most so long at a time while reading; 0: do not
  Allowance allowance;
};

struct LiveResult {
  core::LiveEnviron environ;
  std::string locator;
  std::string runtime;
  std::string caveat;
  std::string region;
};

struct EnvironmentResult {
  core::Stat stat;
  std::string exe;
  std::optional<core::InitialEnviron> initial;
  std::optional<LiveResult> live;
  /// The first permission that was refused, although something else could be read.
  std::optional<sys::Error> denied;
};

/// A process held across reads, with what stays true until it calls execve(2).
class HeldProcess {
 public:
  explicit HeldProcess(int pid) : process_(pid) {}

  const sys::Process& process() const { return process_; }

 private:
  friend class EnvironmentReader;

  /// What stays true of one program image.
  struct Known {
    sys::Fd stat_file;
    sys::Fd environ_file;  ///< bound to the address space since it was opened
    core::Stat stat;
    std::string exe;
    std::optional<core::Auxv> auxv;
    std::optional<sys::RemoteMemory> memory;
    std::optional<core::Location> location;
    std::uint64_t region_vector = 0;  ///< `region` is the name of the place of this vector
    std::string region;
  };

  sys::Process process_;
  std::mutex busy_;
  std::optional<Known> known_;
};

/// Reads both environments of one process: one transaction on one thread.
///
/// Errors: ESRCH no such process, it exited, or it is a zombie or a kernel thread (`detail` says which); EACCES none of
/// what was asked for may be read; EBUSY another thread still reads through the same `held`; with `stop` those of
/// sys::StoppedProcess.
EnvironmentResult read_environment(HeldProcess& held, const EnvironmentRequest& request);

}  // namespace podprobe::tasks
