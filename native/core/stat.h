#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace podprobe::core {

/// What podprobe uses of one line of /proc/PID/stat.
///
/// Shape: `4242 (my) comm) S 1 …`, 52 fields; the second ends at the last `)`.
/// Units: `start_time` in clock ticks since boot; the rest from `start_stack` on are addresses of the target, all 0
/// when the reader may not trace it.
/// Race: `start_time` stays over execve(2), the addresses do not.
/// Source: proc_pid_stat(5), fs/proc/array.c do_task_stat().
struct Stat {
  int pid = 0;
  std::string comm;
  char state = '?';
  int parent = 0;  ///< 0: of another pid namespace, or none
  std::uint64_t flags = 0;
  std::uint64_t start_time = 0;
  std::uint64_t start_stack = 0;
  std::uint64_t arg_start = 0;
  std::uint64_t arg_end = 0;
  std::uint64_t env_start = 0;
  std::uint64_t env_end = 0;

  /// PF_KTHREAD of include/linux/sched.h.
  bool kernel_thread() const { return (flags & 0x0020'0000) != 0; }
  bool zombie() const { return state == 'Z' || state == 'X'; }
  /// Stopped by a signal or by a tracer.
  bool stopped() const { return state == 'T' || state == 't'; }
  /// The same program image: none of the addresses that execve(2) draws anew has changed.
  bool same_image(const Stat& other) const {
    return start_time == other.start_time && start_stack == other.start_stack && arg_start == other.arg_start &&
           env_start == other.env_start && env_end == other.env_end;
  }
};

std::optional<Stat> parse_stat(std::string_view line);

}  // namespace podprobe::core
