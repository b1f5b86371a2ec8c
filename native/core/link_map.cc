#include "core/link_map.h"

#include <algorithm>
#include <unordered_set>

namespace podprobe::core {

namespace {

constexpr std::size_t most_objects = 4096;
constexpr std::size_t most_name = 512;

std::string read_name(Memory& memory, std::uint64_t address) {
  if (address == 0) return {};
  std::array<std::uint8_t, most_name> bytes{};
  // up to the end of the page first: nearly every name ends there
  std::size_t size = std::min<std::size_t>(page_size - address % page_size, bytes.size());
  size = memory.read(address, std::span(bytes).first(size));
  const auto ended = [&] { return std::find(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size), 0); };
  if (ended() == bytes.begin() + static_cast<std::ptrdiff_t>(size) && size < bytes.size()) {
    size += memory.read(address + size, std::span(bytes).subspan(size));
  }
  return std::string(bytes.begin(), ended());
}

}  // namespace

LinkMap read_link_map(Memory& memory, std::uint64_t r_debug, unsigned word) {
  LinkMap result;
  std::uint64_t node = read_word(memory, r_debug + word, word).value_or(0);
  // r_version, r_map, r_brk, r_state (an int, RT_CONSISTENT = 0)
  result.consistent = read_value<std::uint32_t>(memory, r_debug + 3ULL * word).value_or(1) == 0;
  std::unordered_set<std::uint64_t> seen;
  std::array<std::uint8_t, 32> bytes{};
  const auto fields = std::span(bytes).first(4ULL * word);
  while (node != 0) {
    if (result.objects.size() >= most_objects || !seen.insert(node).second) return result;
    if (!read_exact(memory, node, fields)) return result;
    const auto field = [&](unsigned i) { return load_word(fields.data() + i * word, word); };
    result.objects.push_back({.base = field(0), .dynamic = field(2), .name = read_name(memory, field(1))});
    node = field(3);
  }
  result.complete = true;
  return result;
}

}  // namespace podprobe::core
