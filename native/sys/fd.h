#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "sys/error.h"

namespace podprobe::sys {

/// A file descriptor, closed with its owner. Always close-on-exec.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd();

  int get() const { return number_; }
  /// Gives it away: closing it is the caller's now.
  int release() { return std::exchange(number_, -1); }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// openat(2) with O_CLOEXEC. `shown` is the path an error names.
Fd open_at(const Fd& directory, const char* name, int flags, const std::string& shown);
Fd open_path(const std::string& path, int flags);

/// Opens the file that is held with O_PATH, whatever its path leads to by now.
Fd reopen(const Fd& held, int flags, const std::string& shown);

/// pread(2), as many bytes as one call gives. Returns -1 with errno on failure.
std::ptrdiff_t read_at(const Fd& file, std::span<std::uint8_t> out, std::uint64_t offset);

/// How a file of /proc ends.
enum class End : std::uint8_t {
  at_short_read,  ///< one that prints itself whole: stat, auxv, environ
  at_empty_read,  ///< one that prints some lines at a time: maps, mountinfo
};

/// The file from its start to its end, at most `most` bytes, in a container of bytes or characters.
/// Errors: as read(2), under the name `shown`.
template <class Buffer>
Buffer read_whole(const Fd& file, std::size_t most, End end, const std::string& shown) {
  Buffer buffer;
  std::size_t size = 0;
  while (size < most) {
    buffer.resize(std::min(most, size + std::max<std::size_t>(4096, size)));
    const auto room = std::span(reinterpret_cast<std::uint8_t*>(buffer.data()), buffer.size()).subspan(size);
    const auto count = read_at(file, room, size);
    if (count < 0) throw Error(errno, "read", shown);
    size += static_cast<std::size_t>(count);
    if (count == 0 || (end == End::at_short_read && static_cast<std::size_t>(count) < room.size())) break;
  }
  buffer.resize(size);
  return buffer;
}

}  // namespace podprobe::sys
