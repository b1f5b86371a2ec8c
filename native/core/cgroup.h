#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace podprobe::core {

/// The place of a process in one hierarchy of control groups.
struct CgroupPlace {
  std::string hierarchy;  ///< controllers, such as `cpu,cpuacct` or `name=systemd`; empty for version 2
  std::string path;       ///< from the root of the cgroup namespace of whoever opened the file

  bool operator==(const CgroupPlace&) const = default;
};

/// The lines of /proc/PID/cgroup, those that are not as they must be left out; at most 32.
///
/// Shape: `4:memory:/kubepods/pod1`, `1:name=systemd:/`, `0::/system.slice`.
/// Source: cgroups(7).
std::vector<CgroupPlace> parse_cgroups(std::string_view text);

/// The directory of a place, by the mounts of this process's own /proc/self/mountinfo; empty when it cannot be reached
/// through any of them.
std::string cgroup_directory(std::string_view mountinfo, const CgroupPlace& place);

}  // namespace podprobe::core
