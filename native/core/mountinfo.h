#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace podprobe::core {

/// Which mount is looked for: by its id, or by the device of a file on it.
struct MountKey {
  std::uint64_t mount_id = 0;  ///< 0: any
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
};

/// The file system type that /proc/PID/mountinfo gives for the mount, else for the device; empty when it has neither.
///
/// Shape: `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw`; fields are parted by one space, the type
/// stands behind the lone `-` that ends the optional fields.
/// Source: proc_pid_mountinfo(5).
std::string file_system_of(std::string_view mountinfo, const MountKey& key);

/// Whether reading a file of this type cannot wait for another process or another machine.
bool answers_locally(std::string_view file_system);

}  // namespace podprobe::core
