#include "core/symtab.h"

#include "test/check.h"
#include "test/elf_bytes.h"
#include "test/fake_memory.h"

namespace elf = podprobe::core::elf;
using podprobe::core::find_in_symtab;
using podprobe::test::Bytes;
using podprobe::test::elf_header;
using podprobe::test::FakeMemory;
using podprobe::test::file_with_symtab;
using podprobe::test::NamedBytes;
using podprobe::test::section_bytes;
using podprobe::test::symbol_bytes;

namespace {

constexpr std::array<std::string_view, 2> names = {"__environ", "environ"};

elf::Symbol object(std::uint64_t value, std::uint64_t size = 8) {
  return {.name = 0, .value = value, .size = size, .type = elf::stt_object, .section = 5};
}

auto find_in(const Bytes& file, std::span<const std::string_view> wanted = names) {
  FakeMemory memory;
  memory.put(0, file);
  return find_in_symtab(memory, wanted);
}

}  // namespace

TEST("finds values by name, in files of both classes") {
  for (const unsigned word : {8U, 4U}) {
    const auto found = find_in(file_with_symtab(
        {{"main", {.value = 0x1000, .type = 2, .section = 1}}, {"environ", object(0x4010, word)}, {"__environ", object(0x4010, word)}}, word));
    CHECK_EQUAL(found.size(), 2);
    CHECK_EQUAL(found.at("environ").value, 0x4010);
    CHECK_EQUAL(found.at("__environ").size, word);
  }
}

TEST("a name that is the end of a longer one is found there (the linker merges tails)") {
  Bytes strings = Bytes().string("").string("__environ");
  Bytes file = elf_header({.phoff = 0, .shoff = 64 + 11 + 5 + 48, .shnum = 3});
  file.append(strings).align(16).append(symbol_bytes({}, 8)).append(symbol_bytes({.name = 3, .value = 0x77, .type = 1, .section = 1}, 8));
  file.append(section_bytes({}, 8)).append(section_bytes({.type = 2, .offset = 80, .size = 48, .link = 2}, 8));
  file.append(section_bytes({.type = 3, .offset = 64, .size = strings.size()}, 8));
  const auto found = find_in(file);
  CHECK_EQUAL(found.size(), 1);
  CHECK_EQUAL(found.at("environ").value, 0x77);
}

TEST("functions, undefined symbols and longer names are not it") {
  CHECK(find_in(file_with_symtab({{"environ", {.value = 1, .type = 2, .section = 1}}}, 8)).empty());
  CHECK(find_in(file_with_symtab({{"environ", {.value = 1, .type = 1, .section = 0}}}, 8)).empty());
  CHECK(find_in(file_with_symtab({{"environ_", object(1)}, {"environ@GLIBC", object(2)}}, 8)).empty());
}

TEST("the first of two definitions counts") {
  CHECK_EQUAL(find_in(file_with_symtab({{"environ", object(1)}, {"environ", object(2)}}, 8)).at("environ").value, 1);
}

TEST("finds names and symbols behind and across the borders of chunks") {
  for (const unsigned word : {8U, 4U}) {
    for (const std::size_t shift : {0U, 1U, 5U, 9U}) {
      std::vector<NamedBytes> symbols{{std::string(65'520 + shift, 'x'), object(1)}};
      for (int i = 0; i < 6000; ++i) symbols.push_back({"a", object(2)});
      symbols.push_back({"environ", object(0x1234)});
      const auto found = find_in(file_with_symtab(symbols, word));
      CHECK_EQUAL(found.size(), 1);
      CHECK_EQUAL(found.at("environ").value, 0x1234);
    }
  }
}

TEST("a stripped file, a cut one and no file have no symbols") {
  CHECK(find_in(elf_header({})).empty());
  CHECK(find_in({}).empty());
  const Bytes file = file_with_symtab({{"environ", object(1)}}, 8);
  for (std::size_t size = 0; size < file.size(); ++size) {
    FakeMemory memory;
    memory.put(0, std::span(file).first(size));
    find_in_symtab(memory, names);
  }
}

TEST("tables that lie outside of the file are empty") {
  for (const auto& [offset, size] : {std::pair{~0ULL, 48ULL}, {~0ULL - 47, 48ULL}, {64ULL, ~0ULL}, {1ULL << 40, 1ULL << 60}}) {
    Bytes file = elf_header({.shoff = 64, .shnum = 3});
    file.append(section_bytes({}, 8)).append(section_bytes({.type = 2, .offset = offset, .size = size, .link = 2}, 8));
    file.append(section_bytes({.type = 3, .offset = offset, .size = size}, 8));
    CHECK(find_in(file).empty());
  }
}

TEST("a string table that is not there has no names") {
  for (const std::uint32_t link : {3U, 4096U, 0xffff'ffffU}) {
    Bytes file = elf_header({.shoff = 64, .shnum = 3});
    file.append(section_bytes({}, 8)).append(section_bytes({.type = 2, .offset = 64, .size = 48, .link = link}, 8));
    CHECK(find_in(file.append(section_bytes({.type = 3}, 8))).empty());
  }
}

TEST("no names, no answers") { CHECK(find_in(file_with_symtab({{"environ", object(1)}}, 8), {}).empty()); }
