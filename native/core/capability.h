#pragma once

#include <cstdint>
#include <string>

namespace podprobe::core {

/// The names of a set of capabilities, `CAP_KILL, CAP_SETGID`; bit n is capability n. One that is not known has its number.
///
/// Source: include/uapi/linux/capability.h; the last one, CAP_CHECKPOINT_RESTORE, is of Linux 5.9.
std::string capability_names(std::uint64_t set);

}  // namespace podprobe::core
