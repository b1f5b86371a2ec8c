#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sys/process.h"

namespace podprobe::sys {

/// The name that /proc/PID/maps would show for the mapping of `address`, asked for one mapping only.
///
/// Nothing when the kernel cannot be asked this way (before Linux 6.11); an empty name for anonymous memory.
/// Errors: ENOENT nothing is mapped there.
/// Source: PROCMAP_QUERY, include/uapi/linux/fs.h.
std::optional<std::string> query_mapping_name(const Process& process, std::uint64_t address);

}  // namespace podprobe::sys
