#pragma once

#include <cstdint>

#include "sys/file_status.h"
#include "sys/process.h"

namespace podprobe::sys {

/// A file of a process, held without having been opened: nobody who serves its file system has been asked anything.
///
/// Source: openat(2) O_PATH; statx(2) with AT_STATX_DONT_SYNC (mount id: since Linux 5.8, else 0).
struct FileHandle {
  Fd path;
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint64_t inode = 0;
  std::uint64_t mount_id = 0;
  bool regular = false;
};

/// `/proc/PID/exe`. Errors: EACCES, ENOENT (a kernel thread).
FileHandle hold_executable(const Process& process);

/// The file mapped at [start, end), through /proc/PID/map_files. Errors: EPERM without CAP_CHECKPOINT_RESTORE or
/// CAP_SYS_ADMIN; ENOENT when it is no longer mapped there.
FileHandle hold_mapped(const Process& process, std::uint64_t start, std::uint64_t end);

/// The file that `path` names inside the root of the process, resolved there and nowhere else.
/// Errors: those of open_in_root().
FileHandle hold_in_root(const Process& process, const std::string& path);

/// Opens it for reading. May wait when its file system does.
Fd open_held(const FileHandle& handle);

/// The device of memfds and other nameless files of the kernel's own tmpfs.
Device shared_memory_device();

}  // namespace podprobe::sys
