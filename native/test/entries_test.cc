#include "core/entries.h"

#include "test/check.h"
#include "test/fake_memory.h"

using podprobe::core::Entries;
using podprobe::core::Limits;
using podprobe::core::read_strings;
using podprobe::core::StringReference;
using podprobe::core::StringsRead;
using podprobe::core::well_formed;
using podprobe::test::FakeMemory;

namespace {

std::vector<std::string> list(const Entries& entries) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < entries.size(); ++i) all.emplace_back(entries.at(i));
  return all;
}

using Strings = std::vector<std::string>;

StringsRead read(FakeMemory& memory, std::vector<StringReference> references, Limits limits = {}) {
  return read_strings(memory, references, limits);
}

}  // namespace

TEST("keeps order and duplicates") {
  FakeMemory memory;
  memory.put_string(0x1000, "A=1");
  memory.put_string(0x2000, "B=2");
  const auto result = read(memory, {{0x2000}, {0x1000}, {0x2000}});
  CHECK(list(result.entries) == (Strings{"B=2", "A=1", "B=2"}));
  CHECK(result.entries.addresses == (std::vector<std::uint64_t>{0x2000, 0x1000, 0x2000}));
  CHECK(!result.entries.truncated);
}

TEST("a string of known length may hold anything, and end anywhere") {
  FakeMemory memory;
  memory.put_string(0x1000, std::string_view("A=1\0B=2 and more", 16));
  CHECK(list(read(memory, {{0x1000, 7}, {0x1004, 3}, {0x1000, 0}}).entries) == (Strings{std::string("A=1\0B=2", 7), "B=2", ""}));
}

TEST("a string of length 0 may point anywhere") {
  FakeMemory memory;
  const auto result = read(memory, {{0xdead'0000, 0}, {~0ULL, 0}});
  CHECK_EQUAL(result.entries.size(), 2);
  CHECK_EQUAL(result.unreadable, 0);
  CHECK_EQUAL(memory.reads, 0);
}

TEST("an empty string is an entry") {
  FakeMemory memory;
  memory.put_string(0x1000, "");
  CHECK(list(read(memory, {{0x1000}}).entries) == Strings{""});
}

TEST("strings side by side are read at once") {
  FakeMemory memory;
  std::vector<StringReference> references;
  for (std::uint64_t i = 0; i < 100; ++i) {
    memory.put_string(0x1'0000 + i * 100, "NAME=" + std::to_string(i));
    references.push_back({0x1'0000 + (99 - i) * 100});
  }
  const auto result = read(memory, references);
  CHECK_EQUAL(result.entries.size(), 100);
  CHECK_EQUAL(result.entries.at(0), "NAME=99");
  CHECK(memory.reads <= 2);
}

TEST("what cannot be read is counted, left out, and does not hide the rest") {
  FakeMemory memory;
  memory.put_string(0x1000, "A=1");
  memory.fill(0x2ff0, 16, 'x');  // no end before the hole
  const auto result = read(memory, {{0x2ff0}, {0x1000}, {0x9000}});
  CHECK(list(result.entries) == Strings{"A=1"});
  CHECK_EQUAL(result.unreadable, 2);
  CHECK_EQUAL(result.first_unreadable, 0x2ff0);
  CHECK(!result.entries.truncated);
}

TEST("the last byte before a hole is enough") {
  FakeMemory memory;
  memory.put_string(0x1ffc, "A=1");
  CHECK(list(read(memory, {{0x1ffc}}).entries) == Strings{"A=1"});
  memory.put(0x1fff, std::array<std::uint8_t, 1>{'2'});
  CHECK_EQUAL(read(memory, {{0x1ffc}}).unreadable, 1);
  CHECK(list(read(memory, {{0x1ffc, 4}}).entries) == Strings{"A=12"});
}

TEST("long strings are read to their end") {
  FakeMemory memory;
  const std::string value = "LONG=" + std::string(300'000, 'v');
  memory.put_string(0x1'0123, value);
  CHECK(list(read(memory, {{0x1'0123}}).entries) == Strings{value});
}

TEST("a string longer than the limit is cut, and that is said") {
  FakeMemory memory;
  const std::string value = "A=" + std::string(20'000, 'v');
  memory.put_string(0x1000, value);
  const auto result = read(memory, {{0x1000}}, {.entries = 10, .string = 5000, .total = 100'000});
  CHECK(list(result.entries) == Strings{value.substr(0, 5000)});
  CHECK(result.entries.truncated);
}

TEST("the total is bounded, and that is said") {
  FakeMemory memory;
  std::vector<StringReference> references;
  for (std::uint64_t i = 0; i < 10; ++i) {
    memory.put_string(0x1000 + i * 16, "A=1234567");
    references.push_back({0x1000 + i * 16});
  }
  const auto result = read(memory, references, {.entries = 100, .string = 100, .total = 35});
  CHECK(result.entries.truncated);
  CHECK(result.entries.block.size() <= 35);
  CHECK_EQUAL(result.entries.size(), 3);
}

TEST("many pointers to one long string cost its bytes once, and do not fill the memory") {
  FakeMemory memory;
  memory.put_string(0x1'0000, std::string(100'000, 'a'));
  const auto result = read(memory, std::vector<StringReference>(200, {0x1'0000}));
  CHECK(memory.bytes_read < 400'000);
  CHECK(result.entries.truncated);
  CHECK(result.entries.block.size() <= Limits{}.total);
}

TEST("entries do not depend on what else is read with them") {
  FakeMemory memory;
  memory.put_string(0x1000, "AB=12");
  const auto result = read(memory, {{0x1000}, {0x1001}, {0x1005}, {0x1002}});
  CHECK(list(result.entries) == (Strings{"AB=12", "B=12", "", "=12"}));
}

TEST("one address as two lengths is two strings") {
  FakeMemory memory;
  memory.put_string(0x1000, "A=1234");
  CHECK(list(read(memory, {{0x1000, 3}, {0x1000}, {0x1000, 5}}).entries) == (Strings{"A=1", "A=1234", "A=123"}));
}

TEST("references at both ends of the address space") {
  FakeMemory memory;
  memory.put_string(~0ULL - 3, "A=1");
  memory.put_string(0, "B=2");
  const auto result = read(memory, {{~0ULL - 3}, {0}, {~0ULL, 100}, {~0ULL - 1, StringReference::unterminated - 1}});
  CHECK_EQUAL(result.entries.at(0), "A=1");
  CHECK_EQUAL(result.entries.at(1), "B=2");
}

TEST("the extents are the bytes the strings were made from, in ascending order") {
  FakeMemory memory;
  memory.put_string(0x1000, "A=1");
  memory.put_string(0x1010, "B=22");
  memory.put_string(0x9000, "C=3");
  const auto extents = read(memory, {{0x9000}, {0x1010}, {0x1000}}).extents;
  CHECK_EQUAL(extents.size(), 2);
  CHECK_EQUAL(extents[0].address, 0x1000);
  CHECK_EQUAL(extents[0].bytes.size(), 0x15);
  CHECK_EQUAL(extents[1].address, 0x9000);
  CHECK_EQUAL(extents[1].bytes.size(), 4);
}

TEST("an entry is well formed when it has a name and an equals sign") {
  CHECK(well_formed("A=") && well_formed("A=b=c") && well_formed(" =1") && well_formed("\xff=1"));
  CHECK(!well_formed("") && !well_formed("A") && !well_formed("=") && !well_formed("=A"));
}

TEST("entries are equal when their bytes, order and places are") {
  Entries one;
  one.append(1, std::array<std::uint8_t, 2>{'A', '='});
  Entries other = one;
  CHECK(one == other);
  other.addresses[0] = 2;
  CHECK(!(one == other));
}
