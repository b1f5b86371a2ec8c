#include "core/static_scan.h"

#include "test/check.h"
#include "test/static_image.h"

using podprobe::core::Located;
using podprobe::core::Location;
using podprobe::core::NotLocated;
using podprobe::core::scan_static_program;
using podprobe::test::StaticImage;

namespace {

Located scan(StaticImage& program) {
  return scan_static_program({.memory = program.memory,
                              .file = program.file,
                              .image = program.image,
                              .start_stack = StaticImage::stack,
                              .first_vector = StaticImage::first_vector});
}

std::uint64_t variable_of(const Located& located) {
  const auto* const location = std::get_if<Location>(&located);
  return location ? location->variable : 0;
}

std::string reason_of(const Located& located) {
  const auto* const missing = std::get_if<NotLocated>(&located);
  return missing ? missing->reason : "located";
}

constexpr std::uint64_t slot = StaticImage::data + 0x100, copy = StaticImage::data + 0x200;

}  // namespace

TEST("a word with the kernel's vector that the code uses often is __environ") {
  StaticImage program;
  program.memory.put_words(slot, {StaticImage::first_vector});
  program.refer(slot, 6);
  const Located located = scan(program);
  CHECK_EQUAL(variable_of(located), slot);
  const auto& location = std::get<Location>(located);
  CHECK_EQUAL(location.locator, "scan");
  CHECK_EQUAL(location.runtime, "libc");
  CHECK_EQUAL(location.word, 8);
}

TEST("a word with a vector of NAME=value on the heap is, too") {
  StaticImage program;
  program.put_vector(StaticImage::heap, StaticImage::heap + 0x800, {"A=1", "B=2", "C=3"});
  program.memory.put_words(slot, {StaticImage::heap});
  program.refer(slot, 16);
  CHECK_EQUAL(variable_of(scan(program)), slot);
}

TEST("fewer than six references are not enough") {
  StaticImage program;
  program.memory.put_words(slot, {StaticImage::first_vector});
  program.refer(slot, 5);
  CHECK(reason_of(scan(program)).find("as after clearenv()") != std::string::npos);
}

TEST("copies of older vectors, used less, are passed over") {
  StaticImage program;
  program.put_vector(StaticImage::heap, StaticImage::heap + 0x800, {"A=1", "C=3"});
  program.memory.put_words(slot, {StaticImage::heap});
  program.memory.put_words(copy, {StaticImage::first_vector});
  program.refer(slot, 16);
  program.refer(copy, 5);
  CHECK_EQUAL(variable_of(scan(program)), slot);
}

TEST("of two words with one value, the one used more often is taken") {
  StaticImage program;
  program.memory.put_words(slot, {StaticImage::first_vector});
  program.memory.put_words(copy, {StaticImage::first_vector});
  program.refer(copy, 9);
  program.refer(slot, 7);
  CHECK_EQUAL(variable_of(scan(program)), copy);
}

TEST("two vectors used alike are ambiguous") {
  StaticImage program;
  program.put_vector(StaticImage::heap, StaticImage::heap + 0x800, {"X=1", "Y=2"});
  program.memory.put_words(slot, {StaticImage::heap});
  program.memory.put_words(copy, {StaticImage::first_vector});
  program.refer(slot, 10);
  program.refer(copy, 9);
  const Located located = scan(program);
  CHECK_EQUAL(std::get<NotLocated>(located).why, NotLocated::Why::ambiguous);
  CHECK_EQUAL(reason_of(located), "two vectors are used alike: 0x900000 (10 references) and 0x7ffe0018 (9)");
}

TEST("a list of part of the strings, used less, is musl's own, and no rival") {
  StaticImage program;
  program.put_vector(StaticImage::heap, StaticImage::heap + 0x800, {"A=1", "B=2", "C=3"});
  program.memory.put_words(slot, {StaticImage::heap});
  program.memory.put_words(StaticImage::heap + 0x400, {StaticImage::heap + 0x804, 0});
  program.memory.put_words(copy, {StaticImage::heap + 0x400});
  program.refer(slot, 10);
  program.refer(copy, 8);
  CHECK_EQUAL(variable_of(scan(program)), slot);
}

TEST("argv is not an environment, though its strings may look like one") {
  StaticImage program;
  program.memory.put_string(StaticImage::strings, "env=x");
  program.memory.put_words(slot, {StaticImage::stack + 8});
  program.refer(slot, 20);
  CHECK_EQUAL(variable_of(scan(program)), 0);
}

TEST("vectors that repeat a string, hold no NAME=value or lead nowhere are none") {
  StaticImage program;
  program.refer(slot, 20);
  program.memory.put_string(StaticImage::heap + 0x800, "A=1");
  program.memory.put_string(StaticImage::heap + 0x900, "no entry");
  for (const auto& words : {std::vector<std::uint64_t>{StaticImage::heap + 0x800, StaticImage::heap + 0x800, 0},
                            {StaticImage::heap + 0x800, StaticImage::heap + 0x900, 0}, {StaticImage::heap + 0x800, 0xdead'0000, 0}, {0}}) {
    program.memory.put_words(StaticImage::heap, words);
    program.memory.put_words(slot, {StaticImage::heap});
    CHECK_EQUAL(variable_of(scan(program)), 0);
  }
  for (const std::uint64_t value : std::initializer_list<std::uint64_t>{0x10, 0xdead'0000ULL, ~0ULL, ~0ULL - 7, StaticImage::first_vector + 1}) {
    program.memory.put_words(slot, {value});
    CHECK_EQUAL(variable_of(scan(program)), 0);
  }
}

TEST("a program without code to count in has no answer") {
  StaticImage program;
  program.memory.put_words(slot, {StaticImage::first_vector});
  program.refer(slot, 20);
  program.file = {};
  CHECK(reason_of(scan(program)).find("as after clearenv()") != std::string::npos);
}

TEST("data that was not all looked at is said to be so") {
  StaticImage program;
  program.image.segments[1].memsz = 1ULL << 40;
  CHECK(reason_of(scan(program)).ends_with("; not all of its data was looked at"));
}

TEST("data full of vectors is given up on") {
  StaticImage program;
  std::vector<std::uint64_t> pointers, slots;
  for (std::uint64_t i = 0; i < 1500; ++i) {
    pointers.push_back(StaticImage::heap + 0x10'0000 + i * 4);
    program.memory.put_string(pointers.back(), "A=1");
    slots.push_back(StaticImage::heap + i * 8);
  }
  program.memory.put_words(StaticImage::heap, pointers);
  program.memory.put_words(StaticImage::heap + 1500 * 8, {0});
  program.memory.put_words(StaticImage::data, slots);
  program.image.segments[1].memsz = 0x8000;
  program.memory.bytes_read = 0;
  CHECK(reason_of(scan(program)).ends_with("; not all of its data was looked at"));
  CHECK(program.memory.bytes_read < 128 << 20);
}

TEST("vectors of one long string are given up on, too") {
  StaticImage program;
  program.memory.put_string(StaticImage::heap + 0x10'0000, "A=" + std::string(900'000, 'v'));
  for (std::uint64_t i = 0; i < 400; ++i) {
    program.memory.put_words(StaticImage::heap + i * 16, {StaticImage::heap + 0x10'0000, 0});
    program.memory.put_words(StaticImage::data + 0x100 + i * 8, {StaticImage::heap + i * 16});
  }
  program.memory.bytes_read = 0;
  CHECK(reason_of(scan(program)).ends_with("; not all of its data was looked at"));
  CHECK(program.memory.bytes_read < 64 << 20);
}
