#include "sys/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "sys/openat2.h"

namespace podprobe::sys {

namespace {

FileHandle identify(Fd path, const std::string& shown) {
  const FileStatus status = status_of(path, Freshness::cached, shown);
  return {.path = std::move(path),
          .major = status.device.major,
          .minor = status.device.minor,
          .inode = status.inode,
          .mount_id = status.mount_id,
          .regular = S_ISREG(status.mode)};
}

}  // namespace

FileHandle hold_executable(const Process& process) { return identify(process.open("exe", O_PATH), process.path("exe")); }

FileHandle hold_mapped(const Process& process, std::uint64_t start, std::uint64_t end) {
  std::array<char, 64> name{};
  std::snprintf(name.data(), name.size(), "map_files/%llx-%llx", static_cast<unsigned long long>(start),
                static_cast<unsigned long long>(end));
  return identify(process.open(name.data(), O_PATH), process.path(name.data()));
}

FileHandle hold_in_root(const Process& process, const std::string& path) {
  return identify(open_in_root(process.open_root(), path, 0), path);
}

Fd open_held(const FileHandle& handle) {
  return reopen(handle.path, O_RDONLY | O_NONBLOCK | O_NOCTTY, "/proc/self/fd/" + std::to_string(handle.path.get()));
}

Device shared_memory_device() {
  const Fd file(static_cast<int>(syscall(SYS_memfd_create, "podprobe", MFD_CLOEXEC)));
  struct stat status {};
  if (!file || fstat(file.get(), &status) != 0) throw Error(errno, "memfd_create");
  return {major(status.st_dev), minor(status.st_dev)};
}

}  // namespace podprobe::sys
