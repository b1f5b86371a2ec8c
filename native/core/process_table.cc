#include "core/process_table.h"

#include <limits>

#include "core/text.h"

namespace podprobe::core {

namespace {

constexpr std::uint32_t low(std::uint64_t number) { return static_cast<std::uint32_t>(number); }
constexpr std::uint32_t high(std::uint64_t number) { return static_cast<std::uint32_t>(number >> 32); }

std::uint32_t flags_of(const Stat& stat, bool has_credentials) {
  return (stat.kernel_thread() ? 1U : 0U) | (stat.zombie() ? 2U : 0U) | (has_credentials ? 0U : 4U);
}

}  // namespace

std::uint32_t parse_namespace(std::string_view link) {
  take_until(link, '[');
  const auto number = parse_number(take_until(link, ']'));
  return number && *number <= std::numeric_limits<std::uint32_t>::max() ? low(*number) : 0;
}

std::uint32_t ProcessTable::number_of(const std::string& cgroup) {
  const auto [entry, added] = numbers_.try_emplace(cgroup, low(cgroup_ends.size()));
  if (added) {
    cgroups += cgroup;
    cgroup_ends.push_back(low(cgroups.size()));
  }
  return entry->second;
}

void ProcessTable::add(const Stat& stat, const std::optional<Credentials>& credentials, const std::optional<std::string>& cgroup,
                       const NamespaceNumbers& namespaces) {
  const Credentials known = credentials.value_or(Credentials());
  names += stat.comm;
  const std::uint32_t row[words_each] = {low(static_cast<std::uint64_t>(stat.pid)),
                                         low(static_cast<std::uint64_t>(stat.parent)),
                                         flags_of(stat, credentials.has_value()),
                                         static_cast<unsigned char>(stat.state),
                                         low(stat.start_time),
                                         high(stat.start_time),
                                         known.uids[0],
                                         known.uids[1],
                                         known.gids[0],
                                         known.gids[1],
                                         low(known.effective),
                                         high(known.effective),
                                         namespaces.mnt,
                                         namespaces.pid,
                                         namespaces.user,
                                         low(names.size()),
                                         cgroup ? number_of(*cgroup) : nowhere};
  words.insert(words.end(), std::begin(row), std::end(row));
}

}  // namespace podprobe::core
