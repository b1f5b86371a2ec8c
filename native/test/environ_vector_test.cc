#include "core/environ_vector.h"

#include "test/check.h"
#include "test/fake_memory.h"

using podprobe::core::Layout;
using podprobe::core::Limits;
using podprobe::core::read_snapshot;
using podprobe::core::read_vector;
using podprobe::core::Snapshot;
using podprobe::core::unchanged;
using podprobe::test::FakeMemory;

namespace {

constexpr std::uint64_t variable = 0x4000, vector = 0x1'0000, strings = 0x2'0000;

/// A C program with A=1, B=2, A=3.
FakeMemory c_program(unsigned word = 8) {
  FakeMemory memory;
  memory.put_words(variable, {vector}, word);
  memory.put_words(vector, {strings, strings + 0x10, strings + 0x20, 0}, word);
  memory.put_string(strings, "A=1");
  memory.put_string(strings + 0x10, "B=2");
  memory.put_string(strings + 0x20, "A=3");
  return memory;
}

/// A Go program with A=1, an unset variable, B=22.
FakeMemory go_program(unsigned word = 8) {
  FakeMemory memory;
  memory.put_words(variable, {vector, 3, 4}, word);
  memory.put_words(vector, {strings, 3, 0, 0, strings + 3, 4}, word);
  memory.put_string(strings, "A=1B=22garbage");
  return memory;
}

Snapshot look(FakeMemory& memory, Layout layout = Layout::c_vector, unsigned word = 8, const Limits& limits = {}) {
  return read_snapshot(memory, variable, layout, word, limits);
}

}  // namespace

TEST("reads variable, vector and strings of a C program of either class") {
  for (const unsigned word : {8U, 4U}) {
    FakeMemory memory = c_program(word);
    const Snapshot snapshot = look(memory, Layout::c_vector, word);
    CHECK_EQUAL(snapshot.fault, "");
    CHECK_EQUAL(snapshot.vector, vector);
    CHECK_EQUAL(snapshot.entries.size(), 3);
    CHECK_EQUAL(snapshot.entries.at(0), "A=1");
    CHECK_EQUAL(snapshot.entries.at(2), "A=3");
    CHECK_EQUAL(snapshot.entries.addresses[1], strings + 0x10);
    CHECK(snapshot.pointers == snapshot.entries.addresses);
  }
}

TEST("reads the slice of a Go program of either class, without what os.Unsetenv left") {
  for (const unsigned word : {8U, 4U}) {
    FakeMemory memory = go_program(word);
    const Snapshot snapshot = look(memory, Layout::go_slice, word);
    CHECK_EQUAL(snapshot.fault, "");
    CHECK_EQUAL(snapshot.entries.size(), 2);
    CHECK_EQUAL(snapshot.entries.at(0), "A=1");
    CHECK_EQUAL(snapshot.entries.at(1), "B=22");
  }
}

TEST("environ = NULL and an empty vector are environments without variables") {
  FakeMemory memory = c_program();
  memory.put_words(vector, {0});
  CHECK_EQUAL(look(memory).fault, "");
  CHECK_EQUAL(look(memory).entries.size(), 0);
  memory.put_words(variable, {0});
  CHECK_EQUAL(look(memory).fault, "");
  CHECK_EQUAL(look(memory).vector, 0);
}

TEST("a Go slice of length 0 is one, too") {
  FakeMemory memory = go_program();
  memory.put_words(variable, {0, 0, 0});
  const Snapshot snapshot = look(memory, Layout::go_slice);
  CHECK_EQUAL(snapshot.fault, "");
  CHECK_EQUAL(snapshot.entries.size(), 0);
}

TEST("each part that cannot be read is a fault") {
  FakeMemory memory = c_program();
  memory.make_hole(variable + 7, 1);
  CHECK_EQUAL(look(memory).fault, "the variable at 0x4000 cannot be read");
  memory = c_program();
  memory.make_hole(vector + 16, 8);
  CHECK_EQUAL(look(memory).fault, "the vector at 0x10000 cannot be read to its end");
  memory = c_program();
  memory.put_words(vector, {strings, 0x9'0000, 0x9'1000, 0});
  CHECK_EQUAL(look(memory).fault, "2 of its strings cannot be read (the first at 0x90000)");
  memory = go_program();
  memory.make_hole(variable + 16, 1);
  CHECK_EQUAL(look(memory, Layout::go_slice).fault, "the slice at 0x4000 cannot be read");
  memory = go_program();
  memory.make_hole(vector + 47, 1);
  CHECK_EQUAL(look(memory, Layout::go_slice).fault, "the string headers at 0x10000 cannot be read");
}

TEST("a slice that is longer than its capacity is a fault") {
  FakeMemory memory = go_program();
  memory.put_words(variable, {vector, 5, 4});
  CHECK_EQUAL(look(memory, Layout::go_slice).fault, "the slice is longer than its capacity");
  memory.put_words(variable, {vector, ~0ULL, ~0ULL});
  CHECK_EQUAL(look(memory, Layout::go_slice).fault, "the string headers at 0x10000 cannot be read");
}

TEST("a Go string of 2^64 - 1 bytes is one that cannot be read") {
  FakeMemory memory = go_program();
  memory.put_words(vector, {strings, ~0ULL - 1});
  CHECK(look(memory, Layout::go_slice).fault.starts_with("1 of its strings cannot be read"));
}

TEST("no fault shows a value") {
  FakeMemory memory;
  memory.put_words(variable, {vector});
  memory.put_words(vector, {strings, 0x2'fff8, 0});
  memory.put_string(strings, "TOKEN=planted-secret");
  memory.fill(0x2'fff8, 8, 'S');
  const Snapshot snapshot = look(memory);
  CHECK(!snapshot.fault.empty());
  CHECK(snapshot.fault.find("planted") == std::string::npos && snapshot.fault.find("SS") == std::string::npos);
}

TEST("a vector longer than the limit is cut, and that is said") {
  FakeMemory memory = c_program();
  std::vector<std::uint64_t> pointers(3000, strings);
  memory.put_words(vector, pointers);
  const Snapshot snapshot = look(memory, Layout::c_vector, 8, {.entries = 1000, .string = 100, .total = 100'000});
  CHECK_EQUAL(snapshot.fault, "");
  CHECK(snapshot.entries.truncated);
  CHECK_EQUAL(snapshot.entries.size(), 1000);
}

TEST("a slice longer than the limit is cut, and that is said") {
  FakeMemory memory = go_program();
  memory.put_words(variable, {vector, ~0ULL, ~0ULL});
  const Snapshot snapshot = look(memory, Layout::go_slice, 8, {.entries = 1, .string = 100, .total = 100});
  CHECK_EQUAL(snapshot.fault, "");
  CHECK(snapshot.entries.truncated);
  CHECK_EQUAL(snapshot.entries.size(), 1);
}

TEST("reads a vector across pages, and a misaligned one, of either class") {
  for (const unsigned word : {8U, 4U}) {
    for (const std::uint64_t at : {0x1'0000ULL, 0x1'0ff8ULL, 0x1'0ffcULL, 0x1'0ffdULL, 0x1'0001ULL}) {
      FakeMemory memory;
      std::vector<std::uint64_t> pointers(1500);
      for (std::size_t i = 0; i < pointers.size(); ++i) pointers[i] = i + 1;
      memory.put_words(at, pointers, word);
      memory.put_words(at + pointers.size() * word, {0}, word);
      const auto read = read_vector(memory, at, word, 2000);
      CHECK(read.terminated && !read.too_long);
      CHECK(read.pointers == pointers);
    }
  }
}

TEST("a vector that ends in a hole has no end") {
  for (const std::uint64_t at : {0x1'0f00ULL, 0x1'0f01ULL}) {
    FakeMemory memory;
    memory.fill(0x1'0000, 0x1000, 0x55);
    const auto read = read_vector(memory, at, 8, 2000);
    CHECK(!read.terminated && !read.too_long);
    CHECK_EQUAL(read.pointers.size(), (0x1'1000 - at) / 8);
  }
}

TEST("a vector at the end of the address space is bounded") {
  FakeMemory memory;
  memory.fill(~0ULL - 0xfff, 0x1000, 0x55);
  memory.fill(0, 0x1000, 0x55);
  CHECK(!read_vector(memory, ~0ULL - 15, 8, 100'000).terminated);
  CHECK(!read_vector(memory, ~0ULL - 2, 8, 100'000).terminated);
}

TEST("nothing has changed as long as no byte it was made from has") {
  for (const Layout layout : {Layout::c_vector, Layout::go_slice}) {
    FakeMemory memory = layout == Layout::c_vector ? c_program() : go_program();
    const Snapshot snapshot = look(memory, layout);
    CHECK(unchanged(memory, snapshot));
    memory.put(strings + 0x40, std::array<std::uint8_t, 1>{9});
    CHECK(unchanged(memory, snapshot));
    memory.put(strings + 2, std::array<std::uint8_t, 1>{'9'});
    CHECK(!unchanged(memory, snapshot));
  }
}

TEST("a new variable, a new vector and a longer string are changes") {
  const auto change = [](auto apply) {
    FakeMemory memory = c_program();
    const Snapshot snapshot = look(memory);
    apply(memory);
    return !unchanged(memory, snapshot);
  };
  CHECK(change([](FakeMemory& memory) { memory.put_words(variable, {vector + 8}); }));
  CHECK(change([](FakeMemory& memory) { memory.put_words(vector + 24, {strings}); }));
  CHECK(change([](FakeMemory& memory) { memory.put_words(vector, {strings + 0x10, strings}); }));
  CHECK(change([](FakeMemory& memory) { memory.put_string(strings + 0x20, "A=33"); }));
  CHECK(change([](FakeMemory& memory) { memory.make_hole(strings, 1); }));
}

TEST("a faulty snapshot cannot be compared, nor can environ = NULL") {
  FakeMemory memory = c_program();
  memory.put_words(vector, {0x9'0000, 0});
  CHECK(!unchanged(memory, look(memory)));
  memory.put_words(variable, {0});
  CHECK(!unchanged(memory, look(memory)));
}

TEST("looks are equal when what they saw is, not how they read it") {
  FakeMemory memory = c_program();
  const Snapshot one = look(memory);
  CHECK(one == look(memory));
  memory.put_string(strings, "A=9");
  CHECK(!(one == look(memory)));
}
