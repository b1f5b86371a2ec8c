#include "core/dynamic_symbols.h"

#include "test/check.h"
#include "test/dynamic_image.h"

namespace elf = podprobe::core::elf;
using podprobe::core::DynamicSymbols;
using podprobe::test::DynamicImage;
using podprobe::test::FakeMemory;
using podprobe::test::HashTable;
using podprobe::test::put_library;

namespace {

constexpr std::uint64_t base = 0x7f00'0000'0000;

std::vector<podprobe::test::NamedBytes> libc_symbols(unsigned word) {
  const auto variable = [&](std::uint64_t value) {
    return elf::Symbol{.name = 0, .value = value, .size = word, .type = elf::stt_object, .section = 20};
  };
  return {{"malloc", {.value = 0x100, .size = 90, .type = 2, .section = 3}},
          {"_environ", variable(0x8008)},
          {"environ", variable(0x8008)},
          {"__environ", variable(0x8008)},
          {"stdin", variable(0x8100)},
          {"odd", variable(0x8101)},
          {"table", {.value = 0x8200, .size = 400, .type = elf::stt_object, .section = 20}}};
}

void for_each_kind(void (*check)(const DynamicImage&)) {
  for (const unsigned word : {8U, 4U}) {
    for (const HashTable hash : {HashTable::gnu, HashTable::sysv}) {
      for (const bool relocated : {true, false}) {
        check({.word = word, .base = word == 8 ? base : 0xf7c0'0000, .hash = hash, .relocated = relocated, .symbols = libc_symbols(word)});
      }
    }
  }
}

}  // namespace

TEST("finds a variable by either hash table, in either class, with d_ptr relocated or not") {
  for_each_kind([](const DynamicImage& image) {
    FakeMemory memory;
    DynamicSymbols symbols(memory, put_library(memory, image), image.word);
    CHECK_EQUAL(symbols.find_variable("__environ").value_or(0), image.base + 0x8008);
    CHECK_EQUAL(symbols.find_variable("stdin").value_or(0), image.base + 0x8100);
  });
}

TEST("what is no pointer variable is defined all the same") {
  for_each_kind([](const DynamicImage& image) {
    FakeMemory memory;
    DynamicSymbols symbols(memory, put_library(memory, image), image.word);
    for (const auto* name : {"malloc", "odd", "table"}) {
      CHECK(symbols.defines(name));
      CHECK(!symbols.find_variable(name));
    }
  });
}

TEST("what is not there is not found") {
  for_each_kind([](const DynamicImage& image) {
    FakeMemory memory;
    DynamicSymbols symbols(memory, put_library(memory, image), image.word);
    for (const auto* name : {"", "environ_", "nviron", "__environ@", "free"}) CHECK(!symbols.defines(name));
  });
}

TEST("an undefined symbol is not defined") {
  FakeMemory memory;
  const DynamicImage image{.base = base, .hash = HashTable::sysv, .symbols = {{"environ", {.value = 1, .type = 1, .section = 0}}}};
  DynamicSymbols symbols(memory, put_library(memory, image), 8);
  CHECK(!symbols.defines("environ"));
}

TEST("every table that cannot be read is an answer: not found") {
  for_each_kind([](const DynamicImage& image) {
    FakeMemory whole;
    const auto object = put_library(whole, image);
    for (std::uint64_t at = image.base; at < image.base + 0x800; at += 4) {
      FakeMemory memory = whole;
      memory.make_hole(at, 4);
      DynamicSymbols symbols(memory, object, image.word);
      const auto variable = symbols.find_variable("__environ");
      CHECK(!variable || *variable == image.base + 0x8008);
    }
  });
}

TEST("a chain that never ends is left after a while") {
  FakeMemory memory;
  // a Bloom filter full of ones, and one bucket whose chain has no end bit and whose hashes all fit
  memory.put_words(0x1000, {elf::dt_symtab, 0x10'0000, elf::dt_strtab, 0x9000, elf::dt_gnu_hash, 0x2000, 0, 0});
  memory.put(0x2000, podprobe::test::Bytes().u32(1).u32(1).u32(1).u32(0).u64(~0ULL).u32(1));
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    memory.put(0x201c + i * 4, podprobe::test::Bytes().u32(podprobe::test::gnu_hash("environ") & ~1U));
  }
  memory.fill(0x10'0000, 10'000 * 24, 0);
  memory.put_string(0x9000, "no");
  memory.fill(0x9003, 10, 0);
  DynamicSymbols symbols(memory, {.base = 0, .dynamic = 0x1000, .name = {}}, 8);
  memory.reads = 0;
  CHECK(!symbols.defines("environ"));
  CHECK(memory.reads > 3 * 4096 && memory.reads <= 4 * 4096);
}

TEST("a name that the Bloom filter denies is not looked for") {
  FakeMemory memory;
  DynamicSymbols symbols(memory, put_library(memory, {.base = base, .symbols = libc_symbols(8)}), 8);
  memory.put_words(base + 0x510, {0, 0});
  memory.reads = 0;
  CHECK(!symbols.defines("environ"));
  CHECK(memory.reads <= 5);
}

TEST("a SysV chain in a circle is left after a while") {
  FakeMemory memory;
  memory.put_words(0x1000, {elf::dt_symtab, 0x3000, elf::dt_strtab, 0x9000, elf::dt_hash, 0x2000, 0, 0});
  memory.put(0x2000, podprobe::test::Bytes().u32(1).u32(3).u32(1).u32(0).u32(2).u32(1));
  memory.fill(0x3000, 72, 0);
  memory.fill(0x9000, 16, 0);
  DynamicSymbols symbols(memory, {.base = 0, .dynamic = 0x1000, .name = {}}, 8);
  CHECK(!symbols.defines("environ"));
  CHECK(memory.reads <= 4 * 4096);
}

TEST("counts and offsets from the target's head lead nowhere") {
  for (const std::uint32_t hostile : {0U, 0x7fff'ffffU, 0xffff'ffffU}) {
    for (const std::uint64_t tag : {elf::dt_hash, elf::dt_gnu_hash}) {
      FakeMemory memory;
      memory.put_words(0x1000, {elf::dt_symtab, ~0ULL, elf::dt_strtab, ~0ULL, tag, 0x2000, 0, 0});
      memory.put(0x2000, podprobe::test::Bytes().u32(hostile).u32(hostile).u32(hostile).u32(hostile).u32(hostile).u32(hostile));
      DynamicSymbols symbols(memory, {.base = ~0ULL, .dynamic = 0x1000, .name = {}}, 8);
      CHECK(!symbols.find_variable("environ"));
    }
  }
}

TEST("an object without tables defines nothing") {
  FakeMemory memory;
  memory.put_words(0x1000, {0, 0});
  CHECK(!DynamicSymbols(memory, {.base = 0, .dynamic = 0x1000, .name = {}}, 8).defines("environ"));
  CHECK(!DynamicSymbols(memory, {.base = 0, .dynamic = 0, .name = {}}, 8).defines("environ"));
}
