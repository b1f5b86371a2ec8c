#include "core/mount_table.h"

#include "core/text.h"

namespace podprobe::core {

namespace {

constexpr std::size_t usual_line = 96;

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

void MountTable::add_printed(const MountLine& mount) {
  const auto add_path = [&](std::string_view path) {
    append_unescaped(block, path);
    offsets.push_back(static_cast<std::uint32_t>(block.size()));
  };
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

MountTable parse_mountinfo(std::string_view text) {
  MountTable table;
  const std::size_t mounts = text.size() / usual_line;
  table.numbers.reserve(mounts * MountTable::numbers_each);
  table.offsets.reserve(mounts * MountTable::texts_each + 1);
  table.block.reserve(text.size());
  while (!text.empty()) {
    if (const auto mount = parse_mount_line(take_until(text, '\n'))) {
      table.add_printed(*mount);
    } else {
      ++table.malformed;
    }
  }
  return table;
}

}  // namespace podprobe::core
