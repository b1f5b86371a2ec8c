#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sys/file_status.h"
#include "sys/process.h"
#include "tasks/pacing.h"

namespace podprobe::tasks {

/// A volume's directory as a process reaches it.
struct VolumeMount {
  std::string path;    ///< in the root directory of the process
  sys::Device device;  ///< of its file system: what else stands there is not looked at
};

/// What kubelet's writer keeps in the directory of a volume.
struct VolumeContents {
  std::optional<std::string> generation;  ///< target of the link `..data`
  std::vector<std::string> keys;          ///< visible names, in the order of their bytes
  bool truncated = false;                 ///< there are more names
};

/// A hostile container has as many places as the kernel allows, with as many names each: keys are read where they are needed.
enum class Wanted : std::uint8_t { generation, keys };

/// Looks at volumes; nothing for one that could not be looked at, or whose device is another.
///
/// Nothing stays open: a descriptor would keep the file system of a volume that is taken away.
/// Errors: ESRCH it exited; EACCES its root directory may not be used; ENOSYS no openat2(2); ETIMEDOUT.
std::vector<std::optional<VolumeContents>> look_at_volumes(const sys::Process& process, const std::vector<VolumeMount>& places,
                                                           Wanted wanted, const Allowance& allowance);

}  // namespace podprobe::tasks
