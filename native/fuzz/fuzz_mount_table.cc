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

std::string print(const core::MountTable& table, std::size_t mount) {
  const auto number = [&](std::size_t which) { return std::to_string(table.number(mount, which)); };
  const auto text = [&](std::size_t which) { return std::string(table.text(mount, which)); };
  const std::string optional = text(3).empty() ? "" : text(3) + ' ';
  return number(0) + ' ' + number(1) + ' ' + number(2) + ':' + number(3) + ' ' + escaped(text(0), " \t\n\\") + ' ' +
         escaped(text(1), " \t\n\\") + ' ' + text(2) + ' ' + optional + "- " + text(4) + ' ' + escaped(text(5), " \t\n\\#") + ' ' +
         text(6) + '\n';
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const core::MountTable table = core::parse_mountinfo(text);
  require(table.words.size() == table.size() * core::MountTable::words_each && table.block.size() == size);
  const auto ends = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  require(table.size() + table.malformed == ends + (text.empty() || text.back() == '\n' ? 0 : 1));
  std::string printed;
  for (std::size_t i = 0; i < table.size(); ++i) printed += print(table, i);
  const core::MountTable again = core::parse_mountinfo(printed);
  require(again.malformed == 0 && again.size() == table.size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (std::size_t which = 0; which < core::MountTable::numbers_each; ++which) require(again.number(i, which) == table.number(i, which));
    for (std::size_t which = 0; which < core::MountTable::texts_each; ++which) require(again.text(i, which) == table.text(i, which));
  }
  return 0;
}
