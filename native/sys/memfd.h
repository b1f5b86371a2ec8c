#pragma once

#include <span>

#include "sys/fd.h"

namespace podprobe::sys {

/// Bytes in a nameless file that can be mapped and read from its start.
Fd memory_file(const char* name, std::span<const std::uint8_t> bytes);

/// A copy of a program that nobody can change any more, the container that runs it included.
///
/// Errors: those of open(2) and read(2) on `path`; EACCES from memfd_create(2) where vm.memfd_noexec is 2.
/// Source: memfd_create(2) (MFD_EXEC: since Linux 6.3), F_ADD_SEALS of fcntl(2).
Fd sealed_program(const std::string& path);

}  // namespace podprobe::sys
