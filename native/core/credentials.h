#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace podprobe::core {

/// The ids and the privileges of a process. Bit n of a set is capability n.
struct Credentials {
  std::array<std::uint32_t, 3> uids{};  ///< real, effective, saved; as the user namespace of whoever opened the file counts
  std::array<std::uint32_t, 3> gids{};
  std::vector<std::uint32_t> groups;
  std::uint64_t inheritable = 0;
  std::uint64_t permitted = 0;
  std::uint64_t effective = 0;
  std::uint64_t bounding = 0;
  std::uint64_t ambient = 0;
  bool no_new_privs = false;
  std::uint32_t umask = 0;
};

/// What /proc/PID/status says of them; nothing when a line is missing or is not as it must be.
///
/// Shape: `Uid:\t0\t0\t0\t0`, `Groups:\t4 24 `, `CapPrm:\t00000000a80425fb`, `NoNewPrivs:\t1`, `Umask:\t0022`. The name of the
/// program stands on the first line, with its newlines escaped.
/// Source: proc_pid_status(5) (NoNewPrivs: since Linux 4.10, Umask: 4.7, CapAmb: 4.3).
std::optional<Credentials> parse_credentials(std::string_view status);

}  // namespace podprobe::core
