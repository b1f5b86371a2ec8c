#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace podprobe::core {

/// The fields of one mount; views of the line they were parsed from, escapes still in.
///
/// Shape: `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw`; fields are parted by one space, so that an
/// empty source leaves two; a lone `-` ends the optional fields, of which there may be none.
/// Source: proc_pid_mountinfo(5), fs/proc_namespace.c show_mountinfo().
struct MountLine {
  std::uint32_t id = 0;
  std::uint32_t parent = 0;
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::string_view root;
  std::string_view point;
  std::string_view options;
  std::string_view optional;  ///< the optional fields, one space between two
  std::string_view type;
  std::string_view source;  ///< may be empty
  std::string_view super_options;
};

/// One line without its line end; nothing when it is not as above.
std::optional<MountLine> parse_mount_line(std::string_view line);

/// The parts of such a line that tell one mount from another, and the two parts that it can have in common with many.
struct MountLineParts {
  std::uint32_t id = 0;
  std::uint32_t parent = 0;
  std::string_view head;   ///< device and root, as they stand
  std::string_view point;  ///< not empty
  std::string_view tail;   ///< from the options on
};

/// One line without its line end; nothing where id, parent or point are missing. Head and tail may be anything.
std::optional<MountLineParts> split_mount_line(std::string_view line);

/// Which mount is looked for: by its id, or by the device of a file on it.
struct MountKey {
  std::uint64_t mount_id = 0;  ///< 0: any
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
};

/// The file system type that /proc/PID/mountinfo gives for the mount, else for the device; empty when it has neither.
std::string file_system_of(std::string_view mountinfo, const MountKey& key);

/// Whether reading a file of this type cannot wait for another process or another machine.
bool answers_locally(std::string_view file_system);

}  // namespace podprobe::core
