#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "core/mountinfo.h"

namespace podprobe::core {

/// Mounts in the order in which the kernel tells them, packed: it crosses to JavaScript as it is.
struct MountTable {
  static constexpr std::size_t numbers_each = 4;  ///< id, parent, major, minor
  static constexpr std::size_t texts_each = 7;    ///< root, point, options, optional, type, source, super options

  std::vector<std::uint32_t> numbers;
  std::vector<std::uint32_t> offsets = {0};  ///< of the texts in `block`, and behind the last one
  std::string block;
  std::size_t malformed = 0;  ///< lines that were no mounts

  std::size_t size() const { return numbers.size() / numbers_each; }
  std::string_view text(std::size_t mount, std::size_t which) const;

  /// Fields as mountinfo prints them: the escapes of root, point and source are undone, those of the other fields keep
  /// their separators apart and stay.
  void add_printed(const MountLine& mount);
  /// Fields without escapes in root, point and source.
  void add_plain(const MountLine& mount);

 private:
  void add_numbers(const MountLine& mount);
  void add_text(std::string_view text);
};

/// Appends `text` with each `\ooo` undone: three octal digits of at most 0377 are a byte, any other `\` stays.
void append_unescaped(std::string& out, std::string_view text);

/// All lines of a mountinfo file; its size bounds what the table takes.
MountTable parse_mountinfo(std::string_view text);

}  // namespace podprobe::core
