#include "core/mount_table.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace podprobe::core {

namespace {

/// The byte of an escape that begins at `text`, or -1.
int escaped_byte(const char* text, std::size_t length) {
  if (length < 4) return -1;
  int byte = 0;
  for (std::size_t i = 1; i < 4; ++i) {
    const char digit = text[i];
    if (digit < '0' || digit > '7') return -1;
    byte = byte * 8 + (digit - '0');
  }
  return byte > 0xff ? -1 : byte;
}

constexpr std::size_t least_room = 4096;

/// Room for `more`, in few steps: what is not used is never touched, and what is moved is touched twice.
template <class Container>
void make_room(Container& container, std::size_t more) {
  const std::size_t needed = container.size() + more;
  if (needed > container.capacity()) container.reserve(std::max({needed, container.capacity() * 8, least_room}));
}

std::array<std::string_view, MountTable::texts_each> texts_of(const MountLine& mount) {
  return {mount.root, mount.point, mount.options, mount.optional, mount.type, mount.source, mount.super_options};
}

/// Room for one more mount, with its numbers; returns where its texts are told.
std::uint32_t* append_numbers(std::pmr::vector<std::uint32_t>& words, const MountLine& mount) {
  const std::size_t at = words.size();
  make_room(words, MountTable::words_each);
  words.resize(at + MountTable::words_each);
  std::uint32_t* const out = words.data() + at;
  out[0] = mount.id;
  out[1] = mount.parent;
  out[2] = mount.major;
  out[3] = mount.minor;
  return out + MountTable::numbers_each;
}

}  // namespace

std::size_t unescape(char* text, std::size_t length) {
  const auto* const first = static_cast<const char*>(std::memchr(text, '\\', length));
  if (!first) return length;
  auto to = static_cast<std::size_t>(first - text);
  for (std::size_t from = to; from < length;) {
    const int byte = text[from] == '\\' ? escaped_byte(text + from, length - from) : -1;
    text[to++] = byte < 0 ? text[from] : static_cast<char>(byte);
    from += byte < 0 ? 1 : 4;
  }
  return to;
}

std::string_view MountTable::text(std::size_t mount, std::size_t which) const {
  const std::uint32_t* const place = &words[mount * words_each + numbers_each + 2 * which];
  return std::string_view(block).substr(place[0], place[1] - place[0]);
}

void MountTable::add(const MountLine& mount) {
  std::uint32_t* place = append_numbers(words, mount);
  for (const std::string_view text : texts_of(mount)) {
    *place++ = static_cast<std::uint32_t>(block.size());
    block.append(text);
    *place++ = static_cast<std::uint32_t>(block.size());
  }
}

void MountTable::add_printed(const MountLine& mount, bool escapes) {
  std::uint32_t* place = append_numbers(words, mount);
  const auto add_text = [&](std::string_view text, bool path) {
    // no view of nothing: an empty optional field stands nowhere
    const std::size_t start = text.empty() ? 0 : static_cast<std::size_t>(text.data() - block.data());
    const std::size_t length = escapes && path && !text.empty() ? unescape(block.data() + start, text.size()) : text.size();
    *place++ = static_cast<std::uint32_t>(start);
    *place++ = static_cast<std::uint32_t>(start + length);
  };
  add_text(mount.root, true);
  add_text(mount.point, true);
  add_text(mount.options, false);
  add_text(mount.optional, false);
  add_text(mount.type, false);
  add_text(mount.source, true);
  add_text(mount.super_options, false);
}

void MountinfoParser::take_line(std::size_t end) {
  const std::string_view line = std::string_view(table_.block).substr(begun_, end - begun_);
  if (const auto mount = parse_mount_line(line)) {
    table_.add_printed(*mount, line.find('\\') != std::string_view::npos);
  } else {
    ++table_.malformed;
  }
}

void MountinfoParser::feed(std::string_view part) {
  std::size_t searched = table_.block.size();
  make_room(table_.block, part.size());
  table_.block.append(part);
  for (;;) {
    const std::size_t end = table_.block.find('\n', searched);
    if (end == std::string::npos) return;
    take_line(end);
    begun_ = searched = end + 1;
  }
}

MountTable MountinfoParser::finish(bool cut) {
  if (begun_ < table_.block.size() && !cut) take_line(table_.block.size());
  return std::move(table_);
}

MountTable parse_mountinfo(std::string_view text) {
  MountinfoParser parser;
  parser.feed(text);
  return parser.finish();
}

}  // namespace podprobe::core
