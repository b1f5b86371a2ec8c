#pragma once

#include "core/locate.h"
#include "test/dynamic_image.h"

/// Whole programs to search, and what may be asked about them.
namespace podprobe::test {

class FakeProgram : public core::Program {
 public:
  FakeMemory bytes;
  FakeMemory file;
  bool file_readable = true;
  std::vector<core::Mapping> maps;
  std::string path = "/usr/bin/app";
  core::Entries entries;

  core::Memory& memory() override { return bytes; }
  core::Memory* executable() override { return file_readable ? &file : nullptr; }
  const std::vector<core::Mapping>& mappings() override { return maps; }
  const std::string& executable_path() override { return path; }
  const core::Entries& initial() override { return entries; }
};

/// A dynamic program: headers at `base`, DT_DEBUG to `r_debug`, and what its loader has mapped.
struct DynamicProgram : FakeProgram {
  static constexpr std::uint64_t base = 0x5555'0000, dynamic = base + 0x3000, r_debug = base + 0x4'0000, stack = 0x7ffe'0000;

  std::vector<core::LoadedObject> objects{{.base = base, .dynamic = dynamic, .name = ""}};
  core::Auxv auxv{.word = 8, .phdr = base + 64, .phnum = 5};

  explicit DynamicProgram(std::uint32_t interpreter = core::elf::pt_interp) {
    Bytes head = elf_header({.phnum = 5});
    for (const core::elf::Segment& one :
         {core::elf::Segment{.type = core::elf::pt_phdr, .vaddr = 64}, {.type = interpreter},
          {.type = core::elf::pt_load, .flags = 5, .filesz = 0x1000, .memsz = 0x1000},
          {.type = core::elf::pt_load, .flags = 6, .offset = 0x3000, .vaddr = 0x3000, .filesz = 0x1000, .memsz = 0x1'0000},
          {.type = core::elf::pt_dynamic, .vaddr = 0x3000}}) {
      head.append(segment_bytes(one, 8));
    }
    bytes.put(base, head);
    file.put(0, head);
    bytes.put_words(dynamic, {core::elf::dt_debug, r_debug, 0, 0});
    bytes.put_words(stack, {1, stack + 0x100, 0, 0});
  }

  void load(const std::string& name, std::uint64_t at, const std::vector<NamedBytes>& symbols) {
    objects.push_back(put_library(bytes, {.base = at, .name = name, .symbols = symbols}));
  }

  core::Located locate() {
    put_link_map(bytes, r_debug, objects);
    return core::locate_environ(*this, auxv, stack);
  }
};

inline NamedBytes variable(const char* name, std::uint64_t value, std::uint64_t size = 8) {
  return {name, {.name = 0, .value = value, .size = size, .type = core::elf::stt_object, .section = 7}};
}

/// Adds a `.symtab` to its file.
inline void put_symtab(FakeProgram& program, const std::vector<NamedBytes>& symbols) {
  // the segments of the file stay in front of the tables
  const Bytes whole = file_with_symtab(symbols, 8);
  constexpr std::uint64_t at = 0x10'0000;
  FakeMemory& file = program.file;
  file.put(at, whole);
  const auto sections = core::load<std::uint64_t>(whole, 40);
  Bytes table = Bytes().append(std::span(whole).subspan(sections));
  for (std::size_t i = 1; i < 3; ++i) {
    const auto offset = core::load<std::uint64_t>(table, i * 64 + 24) + at;
    std::memcpy(table.data() + i * 64 + 24, &offset, 8);
  }
  file.put(at + sections, table);
  file.put_words(40, {at + sections});
  file.put(60, Bytes().u16(3));
}

}  // namespace podprobe::test
