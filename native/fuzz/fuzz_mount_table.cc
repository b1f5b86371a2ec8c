#include "core/mount_table.h"

#include <algorithm>

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

namespace {

/// As seq_escape() of the kernel prints it.
std::string escaped(std::string_view text, std::string_view special) {
  std::string out;
  for (const char character : text) {
    if (special.find(character) == std::string_view::npos) {
      out += character;
      continue;
    }
    const auto byte = static_cast<unsigned char>(character);
    out += '\\';
    for (const int shift : {6, 3, 0}) out += static_cast<char>('0' + ((byte >> shift) & 7));
  }
  return out;
}

std::string print(const core::MountTable& table) {
  std::string lines;
  core::for_each_mount(table, [&](const core::MountLine& mount) {
    const auto number = [](std::uint32_t value) { return std::to_string(value); };
    const std::string optional = mount.optional.empty() ? "" : std::string(mount.optional) + ' ';
    lines += number(mount.id) + ' ' + number(mount.parent) + ' ' + number(mount.major) + ':' + number(mount.minor) + ' ' +
             escaped(mount.root, " \t\n\\") + ' ' + escaped(mount.point, " \t\n\\") + ' ' + std::string(mount.options) + ' ' + optional +
             "- " + std::string(mount.type) + ' ' + escaped(mount.source, " \t\n\\#") + ' ' + std::string(mount.super_options) + '\n';
  });
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const core::MountTable table = core::parse_mountinfo(text);
  require(table.block.size() <= size && (table.ends.empty() ? table.block.empty() : table.ends.back() == table.block.size()));
  const auto ends = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  require(table.size + table.malformed == ends + (text.empty() || text.back() == '\n' ? 0 : 1));
  const std::string printed = print(table);
  const core::MountTable again = core::parse_mountinfo(printed);
  require(again.malformed == 0 && again.size == table.size && again.point_bytes == table.point_bytes);
  require(print(again) == printed);
  return 0;
}
