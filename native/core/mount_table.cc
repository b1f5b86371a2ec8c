#include "core/mount_table.h"

#include <utility>

namespace podprobe::core {

namespace {

/// The byte of an escape that begins at `at`, or -1.
int escaped_byte(std::string_view text, std::size_t at) {
  if (text.size() - at < 4) return -1;
  int byte = 0;
  for (std::size_t i = 1; i < 4; ++i) {
    const char digit = text[at + i];
    if (digit < '0' || digit > '7') return -1;
    byte = byte * 8 + (digit - '0');
  }
  return byte > 0xff ? -1 : byte;
}

}  // namespace

void append_unescaped(std::string& out, std::string_view text) {
  for (;;) {
    const std::size_t at = text.find('\\');
    out.append(text.substr(0, at));
    if (at == std::string_view::npos) return;
    const int byte = escaped_byte(text, at);
    out.push_back(byte < 0 ? '\\' : static_cast<char>(byte));
    text.remove_prefix(at + (byte < 0 ? 1 : 4));
  }
}

std::string_view MountTable::text(std::size_t mount, std::size_t which) const {
  const std::size_t index = mount * texts_each + which;
  return std::string_view(block).substr(offsets[index], offsets[index + 1] - offsets[index]);
}

void MountTable::add_numbers(const MountLine& mount) {
  numbers.insert(numbers.end(), {mount.id, mount.parent, mount.major, mount.minor});
}

void MountTable::add_text(std::string_view text) {
  block.append(text);
  offsets.push_back(static_cast<std::uint32_t>(block.size()));
}

void MountTable::add_path(std::string_view path) {
  append_unescaped(block, path);
  offsets.push_back(static_cast<std::uint32_t>(block.size()));
}

void MountTable::add_printed(const MountLine& mount) {
  add_numbers(mount);
  add_path(mount.root);
  add_path(mount.point);
  add_text(mount.options);
  add_text(mount.optional);
  add_text(mount.type);
  add_path(mount.source);
  add_text(mount.super_options);
}

void MountTable::add_plain(const MountLine& mount) {
  add_numbers(mount);
  for (const std::string_view text : {mount.root, mount.point, mount.options, mount.optional, mount.type, mount.source, mount.super_options}) {
    add_text(text);
  }
}

void MountinfoParser::take_line(std::string_view line) {
  if (const auto mount = parse_mount_line(line)) {
    table_.add_printed(*mount);
  } else {
    ++table_.malformed;
  }
}

void MountinfoParser::feed(std::string_view part) {
  for (;;) {
    const std::size_t end = part.find('\n');
    if (end == std::string_view::npos) break;
    if (begun_.empty()) {
      take_line(part.substr(0, end));
    } else {
      begun_.append(part.substr(0, end));
      take_line(begun_);
      begun_.clear();
    }
    part.remove_prefix(end + 1);
  }
  begun_.append(part);
}

MountTable MountinfoParser::finish(bool cut) {
  if (!begun_.empty() && !cut) take_line(begun_);
  begun_.clear();
  return std::move(table_);
}

MountTable parse_mountinfo(std::string_view text) {
  MountinfoParser parser;
  parser.feed(text);
  return parser.finish();
}

}  // namespace podprobe::core
