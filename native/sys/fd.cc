#include "sys/fd.h"

#include <fcntl.h>
#include <unistd.h>

namespace podprobe::sys {

Fd::~Fd() {
  if (number_ >= 0) close(number_);
}

Fd open_at(const Fd& directory, const char* name, int flags, const std::string& shown) {
  const int number = retry_eintr([&] { return openat(directory.get(), name, flags | O_CLOEXEC); });
  if (number < 0) throw Error(errno, "open", shown);
  return Fd(number);
}

Fd open_path(const std::string& path, int flags) {
  const int number = retry_eintr([&] { return open(path.c_str(), flags | O_CLOEXEC); });
  if (number < 0) throw Error(errno, "open", path);
  return Fd(number);
}

Fd reopen(const Fd& held, int flags, const std::string& shown) {
  // an absolute path: relative to nothing
  return open_at(held, ("/proc/self/fd/" + std::to_string(held.get())).c_str(), flags, shown);
}

std::ptrdiff_t read_at(const Fd& file, std::span<std::uint8_t> out, std::uint64_t offset) {
  return retry_eintr([&] { return pread(file.get(), out.data(), out.size(), static_cast<off_t>(offset)); });
}

}  // namespace podprobe::sys
