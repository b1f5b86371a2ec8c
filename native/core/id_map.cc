#include "core/id_map.h"

#include <algorithm>
#include <limits>

#include "core/text.h"

namespace podprobe::core {

namespace {

constexpr std::size_t most_lines = 340;

std::optional<std::uint32_t> take_id(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const auto number = parse_number(take_until(line, ' '));
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

}  // namespace

std::optional<std::vector<IdRange>> parse_id_map(std::string_view text) {
  std::vector<IdRange> map;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    const auto inside = take_id(line);
    const auto outside = take_id(line);
    const auto count = take_id(line);
    if (!inside || !outside || !count || !line.empty() || map.size() == most_lines) return std::nullopt;
    map.push_back({*inside, *outside, *count});
  }
  return map;
}

std::optional<std::uint32_t> id_inside(const std::vector<IdRange>& map, std::uint32_t outside) {
  for (const IdRange& range : map) {
    if (outside >= range.outside && outside - range.outside < range.count) return range.inside + (outside - range.outside);
  }
  return std::nullopt;
}

}  // namespace podprobe::core
