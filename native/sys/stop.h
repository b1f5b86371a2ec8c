#pragma once

#include <chrono>
#include <memory>

#include "sys/process.h"

namespace podprobe::sys {

/// A process all of whose threads stand still, for a bounded time.
///
/// The tracer is a task of its own that shares our memory but not our thread group, so that a target that is a child of
/// this program never shows its ptrace stops to the program's own wait(2). It lets go at `bound` whatever we do, and
/// when we die; the kernel then lets the target run. Two of this program that want the same process take turns.
/// Errors: EPERM not permitted, or already traced; ESRCH exited; ETIMEDOUT some thread did not stop within `bound`;
/// EDEADLK it is this process.
/// Source: ptrace(2) PTRACE_SEIZE, PTRACE_INTERRUPT. Visible to the target as EINTR of epoll_wait(2), semop(2) and
/// sigtimedwait(2).
class StoppedProcess {
 public:
  StoppedProcess(const Process& process, std::chrono::milliseconds bound);
  ~StoppedProcess();
  StoppedProcess(const StoppedProcess&) = delete;
  StoppedProcess& operator=(const StoppedProcess&) = delete;

  /// Whether it has stood still until now.
  bool held() const;

 private:
  struct Tracer;

  void start(const Process& process, const Fd& tasks, std::chrono::milliseconds bound);

  std::unique_ptr<Tracer> tracer_;
};

}  // namespace podprobe::sys
