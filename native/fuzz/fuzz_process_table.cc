#include "core/process_table.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

namespace {

/// A byte for its length, and the text.
std::string text_of(podprobe::fuzz::Input& input) {
  const auto bytes = input.take(input.number<std::uint8_t>());
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

/// Rows of what /proc said, whatever it said: each keeps its name and its own cgroup text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  podprobe::fuzz::Input input({data, size});
  core::ProcessTable table;
  std::vector<std::pair<std::string, std::string>> told;
  while (!input.empty() && told.size() < 64) {
    core::Stat stat;
    stat.comm = text_of(input);
    const std::string cgroup = text_of(input);
    table.add(stat, std::nullopt, cgroup, {.mnt = core::parse_namespace(cgroup), .pid = 0, .user = 0});
    told.emplace_back(stat.comm, cgroup);
  }
  require(table.size() == told.size() && table.cgroup_ends.size() <= told.size());
  std::size_t start = 0;
  for (std::size_t i = 0; i < told.size(); ++i) {
    const std::uint32_t* const row = &table.words[i * core::ProcessTable::words_each];
    require(table.names.substr(start, row[15] - start) == told[i].first);
    start = row[15];
    const std::size_t from = row[16] == 0 ? 0 : table.cgroup_ends[row[16] - 1];
    require(table.cgroups.substr(from, table.cgroup_ends[row[16]] - from) == told[i].second);
  }
  return 0;
}
