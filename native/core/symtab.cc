#include "core/symtab.h"

#include <algorithm>
#include <unordered_map>

namespace podprobe::core {

namespace {

constexpr std::uint64_t largest_table = 128ULL << 20;
constexpr std::size_t table_chunk = 64 << 10;

/// Calls `visit(offset in the table, bytes)` over `section`, with `overlap` bytes of each chunk seen again in the next.
template <class Visit>
void for_each_chunk(Memory& file, const elf::Section& section, std::size_t overlap, Visit visit) {
  std::vector<std::uint8_t> chunk(table_chunk);
  const std::uint64_t end = std::min(section.size, largest_table);
  for (std::uint64_t at = 0; at < end; at += chunk.size() - overlap) {
    const std::size_t wanted = std::min<std::uint64_t>(chunk.size(), end - at);
    const std::size_t size = file.read(section.offset + at, std::span(chunk).first(wanted));
    visit(at, std::span<const std::uint8_t>(chunk).first(size));
    if (size < wanted || at + size >= end) return;
  }
}

/// Offset in the string table -> name. One name can stand at several offsets, and inside of longer strings.
using NameOffsets = std::unordered_map<std::uint64_t, std::string_view>;

NameOffsets offsets_of(Memory& file, const elf::Section& strings, std::span<const std::string_view> names) {
  NameOffsets offsets;
  std::size_t longest = 0;
  for (const auto name : names) longest = std::max(longest, name.size());
  for_each_chunk(file, strings, longest + 1, [&](std::uint64_t start, std::span<const std::uint8_t> bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (const auto name : names) {
      const std::string terminated(std::string(name) + '\0');
      for (std::size_t at = text.find(terminated); at != std::string_view::npos; at = text.find(terminated, at + 1)) {
        offsets.emplace(start + at, name);
      }
    }
  });
  return offsets;
}

}  // namespace

NamedSymbols find_in_symtab(Memory& file, std::span<const std::string_view> names) {
  NamedSymbols found;
  const auto header = elf::read_header(file, 0);
  if (!header || header->shoff == 0) return found;
  std::vector<std::uint8_t> raw(std::min<std::size_t>(header->shnum, elf::most_sections) * elf::section_size(header->word));
  raw.resize(file.read(header->shoff, raw));
  const auto sections = elf::parse_sections(raw, header->word);
  const auto symtab = std::find_if(sections.begin(), sections.end(),
                                   [](const elf::Section& one) { return one.type == elf::sht_symtab; });
  if (symtab == sections.end() || symtab->link >= sections.size()) return found;

  const NameOffsets offsets = offsets_of(file, sections[symtab->link], names);
  if (offsets.empty()) return found;
  const std::size_t size = elf::symbol_size(header->word);
  for_each_chunk(file, *symtab, table_chunk % size, [&](std::uint64_t, std::span<const std::uint8_t> bytes) {
    for (std::size_t at = 0; at + size <= bytes.size(); at += size) {
      const elf::Symbol symbol = elf::parse_symbol(bytes.subspan(at, size), header->word);
      const auto name = offsets.find(symbol.name);
      if (name == offsets.end() || symbol.section == 0 || symbol.type > elf::stt_object) continue;
      found.emplace(name->second, NamedSymbol{symbol.value, symbol.size});
    }
  });
  return found;
}

}  // namespace podprobe::core
