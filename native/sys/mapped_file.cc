#include "sys/mapped_file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cstdio>

namespace podprobe::sys {

namespace {

FileHandle identify(Fd path, const std::string& shown) {
  struct statx status {};
  constexpr unsigned statx_mount_id = 0x1000;  // STATX_MNT_ID, younger than this system's headers may be
  if (statx(path.get(), "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO | statx_mount_id, &status) != 0) {
    throw Error(errno, "statx", shown);
  }
  FileHandle handle{.path = std::move(path),
                    .major = status.stx_dev_major,
                    .minor = status.stx_dev_minor,
                    .inode = status.stx_ino,
                    .mount_id = 0,
                    .regular = S_ISREG(status.stx_mode)};
  if ((status.stx_mask & statx_mount_id) != 0) handle.mount_id = status.stx_mnt_id;
  return handle;
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
  const Fd root = process.open("root", O_PATH | O_DIRECTORY);
  struct open_how how {};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const auto number = retry_eintr([&] { return syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof how); });
  if (number < 0) throw Error(errno, "openat2", path);
  return identify(Fd(static_cast<int>(number)), path);
}

Fd open_held(const FileHandle& handle) {
  return open_path("/proc/self/fd/" + std::to_string(handle.path.get()), O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

Device shared_memory_device() {
  const Fd file(static_cast<int>(syscall(SYS_memfd_create, "podprobe", MFD_CLOEXEC)));
  struct stat status {};
  if (!file || fstat(file.get(), &status) != 0) throw Error(errno, "memfd_create");
  return {major(status.st_dev), minor(status.st_dev)};
}

}  // namespace podprobe::sys
