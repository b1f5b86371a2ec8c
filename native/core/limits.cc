#include "core/limits.h"

#include <algorithm>

#include "core/text.h"

namespace podprobe::core {

namespace {

constexpr std::size_t name_width = 26;

std::optional<std::uint64_t> take_limit(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view word = take_until(line, ' ');
  return word == "unlimited" ? ~std::uint64_t{0} : parse_number(word);
}

}  // namespace

std::optional<ResourceLimits> parse_limits(std::string_view text) {
  if (!take_until(text, '\n').starts_with("Limit ")) return std::nullopt;
  ResourceLimits limits;
  for (ResourceLimit& limit : limits) {
    std::string_view line = take_until(text, '\n');
    if (line.size() < name_width || !line.starts_with("Max ")) return std::nullopt;
    line.remove_prefix(name_width);
    const auto soft = take_limit(line);
    const auto hard = take_limit(line);
    if (!soft || !hard) return std::nullopt;
    limit = {*soft, *hard};
  }
  return limits;
}

}  // namespace podprobe::core
