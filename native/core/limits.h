#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace podprobe::core {

/// One resource limit; all bits set: unlimited.
struct ResourceLimit {
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;

  bool operator==(const ResourceLimit&) const = default;
};

/// By the numbers of getrlimit(2): RLIMIT_CPU is 0.
using ResourceLimits = std::array<ResourceLimit, 16>;

/// The lines of /proc/PID/limits, which stand in the order of their numbers; nothing when one is not as it must be.
///
/// Shape: `Max open files            1024                 1048576              files     `: the name in 25 columns.
/// Source: proc_pid_limits(5), fs/proc/base.c proc_pid_limits().
std::optional<ResourceLimits> parse_limits(std::string_view text);

}  // namespace podprobe::core
