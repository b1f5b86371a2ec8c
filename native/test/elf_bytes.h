#pragma once

#include <string>

#include "core/elf.h"
#include "test/bytes.h"

/// ELF structures as a linker writes them, for both classes.
namespace podprobe::test {

struct FileHeader {
  unsigned word = 8;
  std::uint16_t type = 3;
  std::uint16_t machine = core::elf::em_x86_64;
  std::uint64_t phoff = 64;
  std::uint64_t shoff = 0;
  std::uint16_t phnum = 0;
  std::uint16_t shnum = 0;
};

inline Bytes elf_header(const FileHeader& header) {
  const unsigned word = header.word;
  Bytes bytes;
  bytes.text("\x7f" "ELF").number(word == 8 ? 2 : 1, 1).number(1, 1).number(1, 1).pad_to(16);
  bytes.u16(header.type).u16(header.machine).u32(1);
  bytes.number(0x401000, word).number(header.phoff, word).number(header.shoff, word);
  bytes.u32(0).u16(core::elf::header_size(word)).u16(core::elf::segment_size(word)).u16(header.phnum);
  return bytes.u16(core::elf::section_size(word)).u16(header.shnum).u16(0);
}

inline Bytes segment_bytes(const core::elf::Segment& segment, unsigned word) {
  Bytes bytes;
  bytes.u32(segment.type);
  if (word == 8) bytes.u32(segment.flags);
  bytes.words({segment.offset, segment.vaddr, segment.vaddr, segment.filesz, segment.memsz}, word);
  if (word == 4) bytes.u32(segment.flags);
  return bytes.number(0x1000, word);
}

inline Bytes section_bytes(const core::elf::Section& section, unsigned word) {
  Bytes bytes;
  bytes.u32(0).u32(section.type).words({0, 0, section.offset, section.size}, word).u32(section.link).u32(0);
  return bytes.words({8, 24}, word);
}

inline Bytes symbol_bytes(const core::elf::Symbol& symbol, unsigned word) {
  Bytes bytes;
  bytes.u32(symbol.name);
  if (word == 4) bytes.u32(symbol.value).u32(symbol.size);
  bytes.number(0x10 | symbol.type, 1).number(0, 1).u16(symbol.section);
  if (word == 8) bytes.u64(symbol.value).u64(symbol.size);
  return bytes;
}

/// A whole file with one `.symtab`, whose strings stand in the order of the symbols.
struct NamedBytes {
  std::string name;
  core::elf::Symbol symbol;
};

inline Bytes file_with_symtab(const std::vector<NamedBytes>& symbols, unsigned word) {
  Bytes strings;
  strings.string("");
  Bytes table = symbol_bytes({}, word);
  for (const auto& [name, one] : symbols) {
    core::elf::Symbol symbol = one;
    symbol.name = static_cast<std::uint32_t>(strings.size());
    strings.string(name);
    table.append(symbol_bytes(symbol, word));
  }
  const std::uint64_t at_strings = core::elf::header_size(word);
  const std::uint64_t at_symbols = (at_strings + strings.size() + 7) / 8 * 8;
  const std::uint64_t at_sections = at_symbols + table.size();
  Bytes file = elf_header({.word = word, .phoff = 0, .shoff = at_sections, .shnum = 3});
  file.append(strings).pad_to(at_symbols).append(table);
  file.append(section_bytes({}, word));
  file.append(section_bytes({.type = core::elf::sht_symtab, .offset = at_symbols, .size = table.size(), .link = 2}, word));
  return file.append(section_bytes({.type = 3, .offset = at_strings, .size = strings.size(), .link = 0}, word));
}

}  // namespace podprobe::test
