#include "core/cgroup.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

/// A u16 that says how many bytes are lines of /proc/PID/cgroup; the rest is mountinfo.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  podprobe::fuzz::Input input({data, size});
  const auto lines = input.take(input.number<std::uint16_t>());
  const std::string mounts(input.text());
  const auto places = core::parse_cgroups({reinterpret_cast<const char*>(lines.data()), lines.size()});
  require(places.size() <= 32);
  for (const core::CgroupPlace& place : places) {
    require(place.path.starts_with('/'));
    const std::string directory = core::cgroup_directory(mounts, place);
    require(directory.find('\n') == std::string::npos);
    require(directory.empty() || mounts.find(" - cgroup") != std::string::npos);
  }
  return 0;
}
