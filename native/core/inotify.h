#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace podprobe::core {

/// Bits of InotifyEvent::mask.
struct InotifyMask {
  static constexpr std::uint32_t moved_to = 0x80;
  static constexpr std::uint32_t create = 0x100;
  static constexpr std::uint32_t delete_self = 0x400;
  static constexpr std::uint32_t move_self = 0x800;
  static constexpr std::uint32_t unmount = 0x2000;
  static constexpr std::uint32_t overflow = 0x4000;
  static constexpr std::uint32_t ignored = 0x8000;
  static constexpr std::uint32_t only_directory = 0x1000000;
};

/// One record of an inotify descriptor.
struct InotifyEvent {
  int watch = -1;  ///< -1 in an overflow
  std::uint32_t mask = 0;
  std::string_view name;  ///< in the bytes that were parsed; empty when the directory itself is meant
};

struct InotifyEvents {
  std::vector<InotifyEvent> events;
  bool complete = true;  ///< the bytes end where a record does
};

/// Parses what one read(2) gave.
///
/// Shape: wd (i32), mask, cookie, length (u32 each), then `length` bytes: the name and one NUL or more.
/// Source: inotify(7).
InotifyEvents parse_inotify(std::span<const std::uint8_t> bytes);

}  // namespace podprobe::core
