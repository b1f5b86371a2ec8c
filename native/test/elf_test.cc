#include "core/elf.h"

#include "test/check.h"
#include "test/elf_bytes.h"
#include "test/fake_memory.h"

namespace elf = podprobe::core::elf;
using podprobe::test::Bytes;
using podprobe::test::elf_header;
using podprobe::test::FakeMemory;
using podprobe::test::section_bytes;
using podprobe::test::segment_bytes;
using podprobe::test::symbol_bytes;

namespace {

/// `head -c 64 /bin/cat`, Debian 12, coreutils 9.1, x86-64.
const Bytes cat = {0x7f, 0x45, 0x4c, 0x46, 0x02, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                   0x03, 0x00, 0x3e, 0x00, 0x01, 0x00, 0x00, 0x00, 0x30, 0x31, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                   0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x30, 0xa4, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                   0x00, 0x00, 0x00, 0x00, 0x40, 0x00, 0x38, 0x00, 0x0d, 0x00, 0x40, 0x00, 0x1f, 0x00, 0x1e, 0x00};

}  // namespace

TEST("reads the header of a 64-bit file") {
  const auto header = elf::parse_header(cat);
  CHECK(header.has_value());
  CHECK_EQUAL(header->word, 8);
  CHECK_EQUAL(header->type, 3);
  CHECK_EQUAL(header->machine, elf::em_x86_64);
  CHECK_EQUAL(header->phoff, 64);
  CHECK_EQUAL(header->shoff, 0xa430);
  CHECK_EQUAL(header->phnum, 13);
  CHECK_EQUAL(header->shnum, 31);
}

TEST("reads the header of a 32-bit file") {
  const auto header =
      elf::parse_header(elf_header({.word = 4, .type = 2, .machine = elf::em_386, .phoff = 52, .shoff = 0x8000, .phnum = 9, .shnum = 7}));
  CHECK(header.has_value());
  CHECK_EQUAL(header->word, 4);
  CHECK_EQUAL(header->machine, elf::em_386);
  CHECK_EQUAL(header->phoff, 52);
  CHECK_EQUAL(header->shoff, 0x8000);
  CHECK_EQUAL(header->phnum, 9);
  CHECK_EQUAL(header->shnum, 7);
}

TEST("refuses what is no little-endian ELF file") {
  for (const auto& [at, value] : {std::pair{0, 0x7e}, {3, 'G'}, {4, 0}, {4, 3}, {5, 0}, {5, 2}}) {
    Bytes other = cat;
    other[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(value);
    CHECK(!elf::parse_header(other));
  }
  CHECK(!elf::parse_header({}));
}

TEST("refuses a header that is cut, of either class") {
  for (std::size_t size = 0; size < 64; ++size) CHECK(!elf::parse_header(std::span(cat).first(size)));
  const Bytes narrow = elf_header({.word = 4});
  for (std::size_t size = 0; size < 52; ++size) CHECK(!elf::parse_header(std::span(narrow).first(size)));
  CHECK(elf::parse_header(narrow).has_value());
}

TEST("reads segments of both classes") {
  const elf::Segment data{.type = elf::pt_load, .flags = 6, .offset = 0x2df0, .vaddr = 0x3df0, .filesz = 0x220, .memsz = 0x228};
  for (const unsigned word : {8U, 4U}) {
    const auto segments = elf::parse_segments(segment_bytes(data, word).append(segment_bytes({.type = elf::pt_dynamic}, word)), word);
    CHECK_EQUAL(segments.size(), 2);
    CHECK_EQUAL(segments[0].type, elf::pt_load);
    CHECK_EQUAL(segments[0].flags, 6);
    CHECK_EQUAL(segments[0].offset, 0x2df0);
    CHECK_EQUAL(segments[0].vaddr, 0x3df0);
    CHECK_EQUAL(segments[0].filesz, 0x220);
    CHECK_EQUAL(segments[0].memsz, 0x228);
    CHECK_EQUAL(segments[1].type, elf::pt_dynamic);
  }
}

TEST("leaves out what is cut, and what is more than the bound") {
  for (const unsigned word : {8U, 4U}) {
    CHECK_EQUAL(elf::parse_segments(Bytes(3 * elf::segment_size(word) - 1), word).size(), 2);
    CHECK_EQUAL(elf::parse_sections(Bytes(3 * elf::section_size(word) - 1), word).size(), 2);
    CHECK_EQUAL(elf::parse_segments(Bytes(1000 * elf::segment_size(word)), word).size(), elf::most_segments);
    CHECK_EQUAL(elf::parse_sections(Bytes(5000 * elf::section_size(word)), word).size(), elf::most_sections);
  }
}

TEST("reads sections of both classes") {
  for (const unsigned word : {8U, 4U}) {
    const auto sections = elf::parse_sections(section_bytes({.type = 2, .offset = 0x9000, .size = 0x600, .link = 28}, word), word);
    CHECK_EQUAL(sections.size(), 1);
    CHECK_EQUAL(sections[0].type, elf::sht_symtab);
    CHECK_EQUAL(sections[0].offset, 0x9000);
    CHECK_EQUAL(sections[0].size, 0x600);
    CHECK_EQUAL(sections[0].link, 28);
  }
}

TEST("reads symbols of both classes, the type without the binding") {
  for (const unsigned word : {8U, 4U}) {
    const auto symbol = elf::parse_symbol(symbol_bytes({.name = 9, .value = 0x1f48, .size = word, .type = 1, .section = 26}, word), word);
    CHECK_EQUAL(symbol.name, 9);
    CHECK_EQUAL(symbol.value, 0x1f48);
    CHECK_EQUAL(symbol.size, word);
    CHECK_EQUAL(symbol.type, elf::stt_object);
    CHECK_EQUAL(symbol.section, 26);
  }
}

TEST("a variable is defined, an object, and as wide as a pointer") {
  const elf::Symbol good{.size = 8, .type = elf::stt_object, .section = 1};
  const auto with = [&](auto change) {
    elf::Symbol symbol = good;
    change(symbol);
    return symbol.is_variable(8);
  };
  CHECK(good.is_variable(8));
  CHECK(!good.is_variable(4));
  CHECK(with([](auto& one) { one.size = 0; }));
  CHECK(with([](auto& one) { one.type = elf::stt_notype; }));
  CHECK(!with([](auto& one) { one.type = 2; }));
  CHECK(!with([](auto& one) { one.section = 0; }));
  CHECK(!with([](auto& one) { one.size = 16; }));
}

TEST("reads header and segments out of memory, as far as it can be read") {
  FakeMemory memory;
  memory.put(0x10'0000, elf_header({.phnum = 3}));
  for (std::uint64_t i = 0; i < 3; ++i) memory.put(0x10'0040 + i * 56, segment_bytes({.type = elf::pt_load, .vaddr = i}, 8));
  CHECK(elf::read_header(memory, 0x10'0000).has_value());
  CHECK(!elf::read_header(memory, 0x10'0001));
  CHECK(!elf::read_header(memory, 0x20'0000));
  CHECK(!elf::read_header(memory, ~0ULL - 3));
  CHECK_EQUAL(elf::read_segments(memory, 0x10'0040, 3, 8).size(), 3);
  CHECK_EQUAL(elf::read_segments(memory, 0x10'0040, ~0ULL, 8).size(), (0x1000 - 0x40) / 56);
  CHECK_EQUAL(elf::read_segments(memory, 0x10'0040, 0, 8).size(), 0);
  memory.make_hole(0x10'0040 + 100, 1);
  CHECK_EQUAL(elf::read_segments(memory, 0x10'0040, 3, 8).size(), 1);
}

TEST("a 32-bit header at the end of readable memory is read") {
  FakeMemory memory;
  const Bytes header = elf_header({.word = 4});
  memory.put(0x1000 - header.size(), header);
  CHECK(elf::read_header(memory, 0x1000 - header.size()).has_value());
}

TEST("reads a dynamic section up to DT_NULL, with the place of each value") {
  for (const unsigned word : {8U, 4U}) {
    FakeMemory memory;
    memory.put_words(0x4000, {elf::dt_strtab, 0x500, elf::dt_debug, 0x600, elf::dt_null, 0, elf::dt_hash, 1}, word);
    const auto entries = elf::read_dynamic(memory, 0x4000, word);
    CHECK_EQUAL(entries.size(), 2);
    const auto* const debug = elf::find_entry(entries, elf::dt_debug);
    CHECK(debug != nullptr);
    CHECK_EQUAL(debug->value, 0x600);
    CHECK_EQUAL(debug->address, 0x4000 + 3 * word);
    CHECK(elf::find_entry(entries, elf::dt_hash) == nullptr);
  }
}

TEST("the first of two entries with one tag counts") {
  FakeMemory memory;
  memory.put_words(0x4000, {elf::dt_debug, 1, elf::dt_debug, 2, 0, 0});
  CHECK_EQUAL(elf::find_entry(elf::read_dynamic(memory, 0x4000, 8), elf::dt_debug)->value, 1);
}

TEST("a dynamic section without an end is bounded, by memory or by count") {
  FakeMemory memory;
  memory.put_words(0x4000, {elf::dt_strtab, 1, elf::dt_symtab, 2});
  CHECK_EQUAL(elf::read_dynamic(memory, 0x4000, 8).size(), 2);
  memory.fill(0x1'0000, 100'000, 0x11);
  memory.reads = 0;
  CHECK_EQUAL(elf::read_dynamic(memory, 0x1'0000, 8).size(), elf::most_dynamic_entries);
  CHECK(memory.reads <= elf::most_dynamic_entries);
  CHECK_EQUAL(elf::read_dynamic(memory, ~0ULL - 7, 8).size(), 0);
}
