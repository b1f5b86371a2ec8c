#pragma once

#include <string>
#include <string_view>

#include "core/link_map.h"

namespace podprobe::core {

/// What a program's own view of its variables has to do with libc's environ, where the two can differ.
///
/// Recognised by the base name of /proc/PID/exe and by the libraries in the loader's chain; empty when nothing is known
/// to differ. `exe` may end in ` (deleted)`.
std::string caveat_for(std::string_view exe, const std::vector<LoadedObject>& objects);

/// `glibc`, `musl` or `libc`, by the name of the object that defines the variable.
std::string libc_of(std::string_view object_name);

}  // namespace podprobe::core
