#include "core/plausible.h"

#include <algorithm>
#include <array>

namespace podprobe::core {

namespace {

constexpr std::size_t longest_name = 256;

bool is_name_byte(char c) { return c > ' ' && c <= '~' && c != '='; }

}  // namespace

bool plausible(std::string_view entry) {
  const std::size_t equals = entry.find('=');
  if (equals == 0 || equals == std::string_view::npos || entry.find('\0') != std::string_view::npos) return false;
  return std::ranges::all_of(entry.substr(0, equals), is_name_byte);
}

bool may_be_entry(Memory& memory, std::uint64_t address) {
  if (address < page_size) return false;
  std::array<std::uint8_t, longest_name> bytes{};
  const std::size_t wanted = std::min<std::uint64_t>(bytes.size(), page_size - address % page_size);
  const std::size_t size = memory.read(address, std::span(bytes).first(wanted));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), size);
  const auto end = std::ranges::find_if_not(text, is_name_byte);
  // a name that goes on behind this page, or is longer than usual, is left to the full look
  return end == text.end() ? size != 0 : *end == '=' && end != text.begin();
}

}  // namespace podprobe::core
