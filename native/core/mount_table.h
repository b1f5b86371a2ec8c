#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/mountinfo.h"

namespace podprobe::core {

/// Mounts in the order in which the kernel tells them, packed: it crosses to JavaScript as it is, and is a small part of its
/// mountinfo file (77 of 568 KB), for touching as much new memory can take as long as reading the file.
///
/// Most mounts differ from the one before in little but the end of their mount point, and have all else in common with many.
/// Shape of `mounts`, for each: five numbers, then the end of its mount point. The numbers: its id and its parent's, less those
/// of the mount before (0 for the first), zigzag; its kind; how many bytes its mount point has in common with the one before;
/// how many follow. They are LEB128: seven bits a byte, the least ones first, the highest bit set in all but the last byte.
struct MountTable {
  static constexpr std::size_t words_of_kind = 8;  ///< major, minor; root, options, optional, type, source, super options

  std::size_t size = 0;
  std::size_t malformed = 0;    ///< lines that were no mounts
  std::size_t point_bytes = 0;  ///< length of all mount points together
  std::string mounts;
  std::vector<std::uint32_t> kinds;  ///< of each: the numbers of the device, and the indices of its texts
  std::vector<std::uint32_t> ends;   ///< of each text: where in `block` it ends; it starts where the one before ends
  std::string block;

  std::string_view text(std::uint32_t index) const;
};

/// Gives each mount, without escapes in root, point and source; the views last until the next one.
void for_each_mount(const MountTable& table, const std::function<void(const MountLine&)>& take);

/// Makes a table, mount by mount.
class MountTableMaker {
 public:
  /// A mount whose texts are without escapes.
  void add(const MountLine& mount);
  /// A mount as mountinfo prints it, without a line end: the escapes of root, point and source are undone; those of the other
  /// fields keep their separators apart, and stay. What is no such line is counted.
  void add_line(std::string_view line);

  const MountTable& table() const { return table_; }
  MountTable finish() { return std::move(table_); }

 private:
  /// A kind by what it was made of: head and tail, as they stand in `sources_`.
  struct Known {
    std::size_t start = 0;
    std::size_t middle = 0;
    std::size_t end = 0;
    std::uint32_t kind = 0;
  };

  Known& slot_of(std::string_view head, std::string_view tail);
  bool is(const Known& known, std::string_view head, std::string_view tail) const;
  void remember(Known& slot, std::string_view head, std::string_view tail, std::uint32_t kind);
  std::uint32_t add_kind(const MountLine& mount, bool printed);
  std::uint32_t index_of(std::string_view text);
  std::string_view without_escapes(std::string_view text);
  void append(std::uint32_t id, std::uint32_t parent, std::uint32_t kind, std::string_view point);
  void append_number(std::uint64_t number);

  MountTable table_;
  std::string sources_;
  std::array<Known, 1024> known_{};         ///< by hash, the kind that had it last
  std::array<std::uint32_t, 256> texts_{};  ///< likewise
  std::string unescaped_;
  std::uint32_t id_ = 0;  ///< of the mount before, as `parent_` and `point_`
  std::uint32_t parent_ = 0;
  std::string point_;
};

/// Undoes each `\ooo` in place: three octal digits of at most 0377 are a byte, any other `\` stays. Returns the new length.
std::size_t unescape(char* text, std::size_t length);

/// Makes a table of a mountinfo file that comes in parts, wherever they end; their size bounds what the table takes.
class MountinfoParser {
 public:
  void feed(std::string_view part);
  /// The table. A last line without a line end counts, unless the text was cut.
  MountTable finish(bool cut = false);

 private:
  MountTableMaker maker_;
  std::string begun_;  ///< the line that has not ended
};

/// All lines of a mountinfo file.
MountTable parse_mountinfo(std::string_view text);

}  // namespace podprobe::core
