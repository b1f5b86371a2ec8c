#include "core/image.h"

#include "test/check.h"
#include "test/elf_bytes.h"
#include "test/fake_memory.h"

namespace elf = podprobe::core::elf;
using podprobe::core::Auxv;
using podprobe::core::Image;
using podprobe::core::image_at;
using podprobe::core::main_image;
using podprobe::test::Bytes;
using podprobe::test::FakeMemory;

namespace {

Bytes segments_of(std::initializer_list<elf::Segment> segments, unsigned word) {
  Bytes bytes;
  for (const auto& one : segments) bytes.append(podprobe::test::segment_bytes(one, word));
  return bytes;
}

const elf::Segment text{.type = elf::pt_load, .flags = 5, .offset = 0, .vaddr = 0, .filesz = 0x1000, .memsz = 0x1000};
const elf::Segment data{.type = elf::pt_load, .flags = 6, .offset = 0x2000, .vaddr = 0x3000, .filesz = 0x100, .memsz = 0x900};

}  // namespace

TEST("PT_PHDR tells the bias of a program") {
  for (const unsigned word : {8U, 4U}) {
    FakeMemory memory;
    const std::uint64_t phdr = 0x5600'0000 + elf::header_size(word);
    memory.put(phdr, segments_of({{.type = elf::pt_phdr, .vaddr = elf::header_size(word)}, text, data, {.type = elf::pt_dynamic, .vaddr = 0x3010}}, word));
    const auto image = main_image(memory, {.word = word, .phdr = phdr, .phnum = 4});
    CHECK(image.has_value());
    CHECK_EQUAL(image->bias, 0x5600'0000);
    CHECK_EQUAL(image->dynamic(), 0x5600'3010);
    CHECK(!image->interpreted());
  }
}

TEST("without PT_PHDR the segment that holds the headers tells it") {
  for (const unsigned word : {8U, 4U}) {
    FakeMemory memory;
    const std::uint64_t phdr = 0x40'0000 + elf::header_size(word);
    elf::Segment fixed = text;
    fixed.vaddr = 0x40'0000;
    memory.put(phdr, segments_of({fixed, data}, word));
    CHECK_EQUAL(main_image(memory, {.word = word, .phdr = phdr, .phnum = 2})->bias, 0);
    FakeMemory moved;
    moved.put(phdr + 0x1'0000, segments_of({fixed, data}, word));
    CHECK_EQUAL(main_image(moved, {.word = word, .phdr = phdr + 0x1'0000, .phnum = 2})->bias, 0x1'0000);
  }
}

TEST("there is no image when the headers are unreadable, none, or in no segment") {
  FakeMemory memory;
  memory.put(0x40'0040, segments_of({data}, 8));
  CHECK(!main_image(memory, {.word = 8, .phdr = 0x40'0040, .phnum = 1}));
  CHECK(!main_image(memory, {.word = 8, .phdr = 0x40'0040, .phnum = 0}));
  CHECK(!main_image(memory, {.word = 8, .phdr = 0x50'0000, .phnum = 1}));
  CHECK(!main_image(memory, {.word = 8, .phdr = ~0ULL, .phnum = ~0ULL}));
}

TEST("PT_INTERP makes it interpreted") {
  Image image{.segments = {text}};
  CHECK(!image.interpreted());
  image.segments.push_back({.type = elf::pt_interp});
  CHECK(image.interpreted());
  CHECK_EQUAL(image.dynamic(), 0);
}

TEST("holds addresses from the first to the last byte of its segments, writable ones if asked") {
  const Image image{.bias = 0x1'0000, .segments = {text, data}};
  CHECK(image.holds(0x1'0000, false) && !image.holds(0x1'0000, true));
  CHECK(image.holds(0x1'3000, true) && image.holds(0x1'38ff, true));
  CHECK(!image.holds(0x1'3900, true) && !image.holds(0x1'2fff, true));
  CHECK(!image.holds(0, false) && !image.holds(~0ULL, false));
}

TEST("a segment that wraps at 2^64 holds both sides") {
  const Image image{.segments = {{.type = elf::pt_load, .flags = 6, .vaddr = ~0ULL - 7, .memsz = 16}}};
  CHECK(image.holds(~0ULL, true) && image.holds(7, true));
  CHECK(!image.holds(8, true));
}

TEST("reads an image from where it is mapped") {
  for (const unsigned word : {8U, 4U}) {
    FakeMemory memory;
    const std::uint64_t phoff = elf::header_size(word);
    memory.put(0x7f00'0000, podprobe::test::elf_header({.word = word, .phoff = phoff, .phnum = 2}));
    elf::Segment linked = text;
    linked.vaddr = 0x10'0000;
    memory.put(0x7f00'0000 + phoff, segments_of({data, linked}, word));
    const auto image = image_at(memory, 0x7f00'0000);
    CHECK(image.has_value());
    CHECK_EQUAL(image->word, word);
    CHECK_EQUAL(image->bias, 0x7f00'0000 - 0x10'0000);
  }
}

TEST("bytes without a header, or without a first segment, are no image") {
  FakeMemory memory;
  memory.fill(0x1000, 100);
  CHECK(!image_at(memory, 0x1000));
  memory.put(0x1000, podprobe::test::elf_header({.phoff = ~0ULL, .phnum = 0xffff}));
  CHECK(!image_at(memory, 0x1000));
  memory.put(0x1000, podprobe::test::elf_header({.phoff = 64, .phnum = 1}));
  memory.put(0x1040, segments_of({data}, 8));
  CHECK(!image_at(memory, 0x1000));
}
