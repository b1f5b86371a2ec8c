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

std::ptrdiff_t read_at(const Fd& file, std::span<std::uint8_t> out, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto count = retry_eintr(
        [&] { return pread(file.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done)); });
    if (count < 0) return done == 0 ? -1 : static_cast<std::ptrdiff_t>(done);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return static_cast<std::ptrdiff_t>(done);
}

}  // namespace podprobe::sys
