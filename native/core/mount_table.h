#pragma once

#include <array>
#include <cstddef>
#include <memory_resource>
#include <string>
#include <vector>

#include "core/mountinfo.h"

namespace podprobe::core {

/// Mounts in the order in which the kernel tells them, packed: it crosses to JavaScript as it is.
struct MountTable {
  static constexpr std::size_t numbers_each = 4;  ///< id, parent, major, minor
  static constexpr std::size_t texts_each = 7;    ///< root, point, options, optional, type, source, super options
  static constexpr std::size_t words_each = numbers_each + 2 * texts_each;

  using Memory = std::pmr::memory_resource;

  explicit MountTable(Memory* memory = std::pmr::new_delete_resource()) : words(memory), block(memory) {}

  std::pmr::vector<std::uint32_t> words;  ///< of each mount: its numbers, and where in `block` each text starts and ends
  std::pmr::string block;
  std::size_t malformed = 0;  ///< lines that were no mounts

  std::size_t size() const { return words.size() / words_each; }
  std::uint32_t number(std::size_t mount, std::size_t which) const { return words[mount * words_each + which]; }
  std::string_view text(std::size_t mount, std::size_t which) const;

  /// One mount; no escapes in root, point and source.
  void add(const MountLine& mount);
  /// A mount whose texts stand in `block`, as mountinfo prints them: the escapes of root, point and source are undone there,
  /// those of the other fields keep their separators apart and stay.
  void add_printed(const MountLine& mount, bool escapes);
};

/// Undoes each `\ooo` in place: three octal digits of at most 0377 are a byte, any other `\` stays. Returns the new length.
std::size_t unescape(char* text, std::size_t length);

/// Makes a table of a mountinfo file that comes in parts, wherever they end; their size bounds what the table takes.
class MountinfoParser {
 public:
  explicit MountinfoParser(MountTable::Memory* memory = std::pmr::new_delete_resource()) : table_(memory) {}

  void feed(std::string_view part);
  /// The table. A last line without a line end counts, unless the text was cut.
  MountTable finish(bool cut = false);

 private:
  void take_line(std::size_t end);

  MountTable table_;
  std::size_t begun_ = 0;  ///< where in the block the line begins that has not ended
};

/// All lines of a mountinfo file.
MountTable parse_mountinfo(std::string_view text);

}  // namespace podprobe::core
