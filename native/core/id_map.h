#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace podprobe::core {

/// A range of ids that a user namespace knows under other numbers.
struct IdRange {
  std::uint32_t inside = 0;
  std::uint32_t outside = 0;
  std::uint32_t count = 0;
};

/// The lines of /proc/PID/uid_map or gid_map; nothing when one is not as it must be.
///
/// Shape: `         0     100000      65536`: first id inside, first id outside, how many.
/// Source: user_namespaces(7); outside is the user namespace of whoever opened the file. At most 340 lines.
std::optional<std::vector<IdRange>> parse_id_map(std::string_view text);

/// What the namespace calls the id that outside is `outside`; nothing when it does not know it.
std::optional<std::uint32_t> id_inside(const std::vector<IdRange>& map, std::uint32_t outside);

}  // namespace podprobe::core
