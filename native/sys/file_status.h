#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

#include "sys/fd.h"

namespace podprobe::sys {

struct Device {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;

  bool operator==(const Device&) const = default;
};

/// What statx(2) tells of a file.
struct FileStatus {
  std::uint32_t mode = 0;  ///< type and permissions
  std::uint32_t uid = 0;   ///< ids as this process's user namespace shows them
  std::uint32_t gid = 0;
  std::uint32_t links = 0;
  std::uint64_t size = 0;
  std::uint64_t inode = 0;
  Device device;           ///< of its file system
  Device special;          ///< that a device file stands for
  std::int64_t modified = 0;           ///< seconds since 1970
  std::uint32_t modified_nanoseconds = 0;
  std::uint64_t mount_id = 0;         ///< 0 before Linux 5.8

  bool same_file(const FileStatus& other) const { return inode == other.inode && device == other.device && type() == other.type(); }
  std::uint32_t type() const { return mode & 0170000; }
};

enum class Freshness : std::uint8_t {
  cached,   ///< nobody who serves the file system is asked
  current,  ///< as stat(2)
};

/// The mask and the flags of statx(2) by which a FileStatus is asked for, and what comes of it.
constexpr unsigned status_mask = STATX_BASIC_STATS | 0x1000;  // STATX_MNT_ID, younger than this system's headers may be
int status_flags(Freshness freshness);
FileStatus status_from(const struct statx& status);

/// Errors: as statx(2), under the name `shown`.
FileStatus status_of(const Fd& file, Freshness freshness, const std::string& shown);

/// Of one name of a directory; a link is not followed.
FileStatus status_at(const Fd& directory, const char* name, const std::string& shown);

}  // namespace podprobe::sys
