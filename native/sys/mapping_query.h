#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sys/process.h"

namespace podprobe::sys {

/// One line of /proc/PID/maps, asked for by address.
struct QueriedMapping {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  bool readable = false;
  std::uint64_t offset = 0;
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint64_t inode = 0;
  std::string name;  ///< empty for anonymous memory
};

/// Asks about single mappings of a process, through one descriptor.
///
/// Source: PROCMAP_QUERY (since Linux 6.11), include/uapi/linux/fs.h.
class MappingQuery {
 public:
  explicit MappingQuery(const Process& process) : maps_(process.open("maps", 0)) {}

  /// Whether this kernel can be asked; known after the first find().
  bool supported() const { return supported_; }

  /// The mapping of `address`; nothing when there is none, or the kernel cannot be asked.
  std::optional<QueriedMapping> find(std::uint64_t address);

 private:
  Fd maps_;
  bool supported_ = true;
};

}  // namespace podprobe::sys
