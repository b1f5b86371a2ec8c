#pragma once

#include <array>
#include <cstdint>

namespace podprobe::sys {

/// One resource limit; all bits set: unlimited.
struct Limit {
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
};

/// The resource limits of a process, by their numbers (RLIMIT_CPU is 0).
///
/// Errors: ESRCH; EPERM of another user without CAP_SYS_RESOURCE.
/// Race: by number: ask afterwards whether the process that was meant is still there.
/// Source: prlimit(2).
std::array<Limit, 16> limits_of(int pid);

}  // namespace podprobe::sys
