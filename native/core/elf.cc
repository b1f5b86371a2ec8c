#include "core/elf.h"

#include <algorithm>

namespace podprobe::core::elf {

std::optional<Header> parse_header(std::span<const std::uint8_t> bytes) {
  constexpr std::uint8_t magic[] = {0x7f, 'E', 'L', 'F'};
  if (bytes.size() < header_size(4) || !std::equal(std::begin(magic), std::end(magic), bytes.begin())) return std::nullopt;
  const bool wide = bytes[4] == 2;
  if ((!wide && bytes[4] != 1) || bytes[5] != 1 || bytes.size() < header_size(wide ? 8 : 4)) return std::nullopt;
  Header header;
  header.word = wide ? 8 : 4;
  header.type = load<std::uint16_t>(bytes, 16);
  header.machine = load<std::uint16_t>(bytes, 18);
  header.phoff = load_word(bytes.data() + (wide ? 32 : 28), header.word);
  header.shoff = load_word(bytes.data() + (wide ? 40 : 32), header.word);
  header.phnum = load<std::uint16_t>(bytes, wide ? 56 : 44);
  header.shnum = load<std::uint16_t>(bytes, wide ? 60 : 48);
  return header;
}

std::vector<Segment> parse_segments(std::span<const std::uint8_t> bytes, unsigned word) {
  std::vector<Segment> segments;
  const std::size_t size = segment_size(word);
  for (std::size_t at = 0; at + size <= bytes.size() && segments.size() < most_segments; at += size) {
    const auto one = bytes.subspan(at, size);
    const auto field = [&](std::size_t wide, std::size_t narrow) {
      return load_word(one.data() + (word == 8 ? wide : narrow), word);
    };
    segments.push_back({.type = load<std::uint32_t>(one, 0),
                        .flags = load<std::uint32_t>(one, word == 8 ? 4 : 24),
                        .offset = field(8, 4),
                        .vaddr = field(16, 8),
                        .filesz = field(32, 16),
                        .memsz = field(40, 20)});
  }
  return segments;
}

std::vector<Section> parse_sections(std::span<const std::uint8_t> bytes, unsigned word) {
  std::vector<Section> sections;
  const std::size_t size = section_size(word);
  for (std::size_t at = 0; at + size <= bytes.size() && sections.size() < most_sections; at += size) {
    const auto one = bytes.subspan(at, size);
    sections.push_back({.type = load<std::uint32_t>(one, 4),
                        .offset = load_word(one.data() + (word == 8 ? 24 : 16), word),
                        .size = load_word(one.data() + (word == 8 ? 32 : 20), word),
                        .link = load<std::uint32_t>(one, word == 8 ? 40 : 24)});
  }
  return sections;
}

Symbol parse_symbol(std::span<const std::uint8_t> bytes, unsigned word) {
  Symbol symbol;
  symbol.name = load<std::uint32_t>(bytes, 0);
  symbol.type = load<std::uint8_t>(bytes, word == 8 ? 4 : 12) & 0xfU;
  symbol.section = load<std::uint16_t>(bytes, word == 8 ? 6 : 14);
  symbol.value = word == 8 ? load<std::uint64_t>(bytes, 8) : load<std::uint32_t>(bytes, 4);
  symbol.size = word == 8 ? load<std::uint64_t>(bytes, 16) : load<std::uint32_t>(bytes, 8);
  return symbol;
}

std::optional<Header> read_header(Memory& memory, std::uint64_t address) {
  std::array<std::uint8_t, header_size(8)> bytes{};
  const std::size_t size = memory.read(address, bytes);
  return parse_header(std::span(bytes).first(size));
}

std::vector<Segment> read_segments(Memory& memory, std::uint64_t address, std::size_t count, unsigned word) {
  std::vector<std::uint8_t> bytes(std::min(count, most_segments) * segment_size(word));
  bytes.resize(memory.read(address, bytes));
  return parse_segments(bytes, word);
}

std::vector<DynamicEntry> read_dynamic(Memory& memory, std::uint64_t address, unsigned word) {
  std::vector<DynamicEntry> entries;
  std::array<std::uint8_t, 16> bytes{};
  const auto entry = std::span(bytes).first(2 * word);
  for (std::size_t i = 0; i < most_dynamic_entries; ++i) {
    const std::uint64_t here = address + i * 2 * word;
    if (!read_exact(memory, here, entry)) break;
    const std::uint64_t tag = load_word(entry.data(), word);
    if (tag == dt_null) break;
    entries.push_back({tag, load_word(entry.data() + word, word), here + word});
  }
  return entries;
}

const DynamicEntry* find_entry(const std::vector<DynamicEntry>& entries, std::uint64_t tag) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.tag == tag; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace podprobe::core::elf
