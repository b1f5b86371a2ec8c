#pragma once

#include <chrono>
#include <span>

#include "sys/fd.h"

namespace podprobe::sys {

/// A child process, whose end is waited for with its owner, but not for long.
class Child {
 public:
  Child() = default;
  explicit Child(int pid);
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)), pidfd_(std::move(other.pidfd_)) {}
  Child& operator=(Child&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(pidfd_, other.pidfd_);
    return *this;
  }
  ~Child();

  int pid() const { return pid_; }

  /// Waits for its end, so long at most; false: it lives on.
  bool reap(std::chrono::milliseconds patience);

 private:
  int pid_ = 0;
  Fd pidfd_;
};

/// Starts a program that is held by a descriptor, with `descriptors` as its 0, 1, 2, … (-1: closed), in a session of its
/// own, without arguments or environment, with no signal blocked; those that are ignored here are there, too.
///
/// Errors: those of posix_spawn(3).
/// Source: posix_spawn(3), which is CLONE_VM | CLONE_VFORK: its cost does not grow with this process.
Child spawn(const Fd& program, std::span<const int> descriptors);

}  // namespace podprobe::sys
