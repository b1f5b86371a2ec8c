#include "core/maps.h"

#include <algorithm>
#include <optional>

#include "core/text.h"

namespace podprobe::core {

namespace {

std::optional<Mapping> parse_line(std::string_view line) {
  Mapping mapping;
  std::string_view range = take_until(line, ' ');
  const auto start = parse_number(take_until(range, '-'), 16);
  const auto end = parse_number(range, 16);
  const std::string_view permissions = take_until(line, ' ');
  const auto offset = parse_number(take_until(line, ' '), 16);
  std::string_view device = take_until(line, ' ');
  const auto major = parse_number(take_until(device, ':'), 16);
  const auto minor = parse_number(device, 16);
  const auto inode = parse_number(take_until(line, ' '));
  if (!start || !end || *end <= *start || permissions.size() != 4 || !offset || !major || !minor || !inode) {
    return std::nullopt;
  }
  mapping.start = *start;
  mapping.end = *end;
  mapping.readable = permissions[0] == 'r';
  mapping.writable = permissions[1] == 'w';
  mapping.executable = permissions[2] == 'x';
  mapping.shared = permissions[3] == 's';
  mapping.offset = *offset;
  mapping.major = static_cast<std::uint32_t>(*major);
  mapping.minor = static_cast<std::uint32_t>(*minor);
  mapping.inode = *inode;
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  mapping.path = line;
  return mapping;
}

}  // namespace

std::vector<Mapping> parse_maps(std::string_view text, std::size_t most) {
  std::vector<Mapping> mappings;
  while (!text.empty() && mappings.size() < most) {
    if (auto mapping = parse_line(take_until(text, '\n'))) mappings.push_back(std::move(*mapping));
  }
  return mappings;
}

const Mapping* find_mapping(const std::vector<Mapping>& mappings, std::uint64_t address) {
  const auto after = std::upper_bound(mappings.begin(), mappings.end(), address,
                                      [](std::uint64_t value, const Mapping& mapping) { return value < mapping.start; });
  if (after == mappings.begin()) return nullptr;
  const Mapping& mapping = *std::prev(after);
  return address < mapping.end ? &mapping : nullptr;
}

std::string region_name(const Mapping& mapping) { return mapping.path.empty() ? "anonymous" : mapping.path; }

}  // namespace podprobe::core
