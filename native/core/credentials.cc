#include "core/credentials.h"

#include <limits>

#include "core/text.h"

namespace podprobe::core {

namespace {

/// The largest number of groups of a process: NGROUPS_MAX of include/uapi/linux/limits.h.
constexpr std::size_t most_groups = 65536;

std::optional<std::string_view> field(std::string_view status, std::string_view name) {
  while (!status.empty()) {
    std::string_view line = take_until(status, '\n');
    if (take_until(line, ':') == name && line.starts_with('\t')) return line.substr(1);
  }
  return std::nullopt;
}

std::optional<std::uint32_t> parse_id(std::string_view text) {
  const auto number = parse_number(text);
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

bool read_ids(std::string_view status, std::string_view name, std::array<std::uint32_t, 3>& out) {
  auto text = field(status, name);
  if (!text) return false;
  for (std::uint32_t& id : out) {
    const auto number = parse_id(take_until(*text, '\t'));
    if (!number) return false;
    id = *number;
  }
  return true;
}

bool read_groups(std::string_view status, std::vector<std::uint32_t>& out) {
  auto text = field(status, "Groups");
  if (!text) return false;
  while (!text->empty()) {
    const std::string_view one = take_until(*text, ' ');
    if (one.empty()) continue;
    const auto number = parse_id(one);
    if (!number || out.size() == most_groups) return false;
    out.push_back(*number);
  }
  return true;
}

template <class Number>
bool read_number(std::string_view status, std::string_view name, int base, Number& out) {
  const auto text = field(status, name);
  const auto number = text ? parse_number(*text, base) : std::nullopt;
  if (!number || *number > std::numeric_limits<Number>::max()) return false;
  out = static_cast<Number>(*number);
  return true;
}

}  // namespace

std::optional<Credentials> parse_credentials(std::string_view status) {
  Credentials found;
  const bool whole = read_ids(status, "Uid", found.uids) && read_ids(status, "Gid", found.gids) && read_groups(status, found.groups) &&
                     read_number(status, "CapInh", 16, found.inheritable) && read_number(status, "CapPrm", 16, found.permitted) &&
                     read_number(status, "CapEff", 16, found.effective) && read_number(status, "CapBnd", 16, found.bounding) &&
                     read_number(status, "CapAmb", 16, found.ambient) && read_number(status, "NoNewPrivs", 10, found.no_new_privs) &&
                     read_number(status, "Umask", 8, found.umask);
  if (!whole || found.umask > 0777) return std::nullopt;
  return found;
}

}  // namespace podprobe::core
