#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "sys/fd.h"

namespace podprobe::sys {

/// Calls `each` with the name and the type (DT_*) of every entry but `.` and `..`, until it returns false. The kernel lets no
/// name through that is empty or holds a `/`.
/// Errors: as getdents64(2), under the name `shown`.
void for_each_entry(const Fd& directory, const std::string& shown, const std::function<bool(const char* name, unsigned char type)>& each);

/// The same over whatever gives records of getdents64(2): `next` fills a buffer as that does, with -1 and errno on failure.
void for_each_entry(const std::function<std::ptrdiff_t(std::span<std::uint8_t>)>& next, const std::string& shown,
                    const std::function<bool(const char* name, unsigned char type)>& each);

/// Target of a link in a directory, or by an absolute path; nothing, with errno, where there is none or it may not be read.
std::optional<std::string> find_link(const Fd& directory, const char* name);

/// Target of a link in a directory; of `directory` itself, held with O_PATH, when `name` is empty. Bytes, not a path of ours.
/// Errors: EINVAL not a link.
std::string read_link(const Fd& directory, const char* name, const std::string& shown);

}  // namespace podprobe::sys
