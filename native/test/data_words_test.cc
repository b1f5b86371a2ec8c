#include "core/data_words.h"

#include "test/check.h"
#include "test/fake_memory.h"

namespace elf = podprobe::core::elf;
using podprobe::core::for_each_data_word;
using podprobe::core::Image;
using podprobe::core::Range;
using podprobe::test::FakeMemory;

namespace {

elf::Segment data(std::uint64_t vaddr, std::uint64_t memsz) {
  return {.type = elf::pt_load, .flags = 6, .offset = 0, .vaddr = vaddr, .filesz = 0, .memsz = memsz};
}

using Words = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

Words words_of(podprobe::core::Memory& memory, const Image& image, bool* complete = nullptr) {
  Words words;
  const bool all = for_each_data_word(memory, image, [&](std::uint64_t address, std::uint64_t value) { words.emplace_back(address, value); });
  if (complete) *complete = all;
  return words;
}

/// Only some ranges are in memory.
class Sparse final : public FakeMemory {
 public:
  std::vector<Range> ranges;
  std::vector<Range> present(Range) override { return ranges; }
};

}  // namespace

TEST("visits the words of the writable segments that are not 0, of both sizes") {
  for (const unsigned word : {8U, 4U}) {
    FakeMemory memory;
    memory.put_words(0x1'3000, {5, 0, 7, 9}, word);
    bool complete = false;
    const Image image{.word = word, .bias = 0x1'0000, .segments = {data(0x3000, 3 * word)}};
    CHECK(words_of(memory, image, &complete) == (Words{{0x1'3000, 5}, {0x1'3000 + 2 * word, 7}}));
    CHECK(complete);
  }
}

TEST("segments that are not loaded or not writable are left out") {
  FakeMemory memory;
  memory.fill(0x3000, 0x100, 1);
  elf::Segment code = data(0x3000, 0x100);
  code.flags = 5;
  elf::Segment relro = data(0x3000, 0x100);
  relro.type = 0x6474'e552;
  CHECK(words_of(memory, {.segments = {code, relro}}).empty());
}

TEST("words are aligned although the segment is not") {
  FakeMemory memory;
  memory.fill(0x3000, 0x100, 1);
  const Words words = words_of(memory, {.segments = {data(0x3003, 0x20)}});
  CHECK_EQUAL(words.front().first, 0x3008);
  for (const auto& [address, value] : words) CHECK_EQUAL(address % 8, 0);
}

TEST("only what is in memory is looked at, and the rest is said to be left out") {
  Sparse memory;
  memory.fill(0x3000, 0x3000, 1);
  memory.ranges = {{0x3000, 0x3010}, {0x5000, 0x5008}};
  bool complete = true;
  const Words words = words_of(memory, {.segments = {data(0x3000, 0x3000)}}, &complete);
  CHECK_EQUAL(words.size(), 3);
  CHECK_EQUAL(words.back().first, 0x5000);
  CHECK(!complete);
}

TEST("a hole in a range leaves out what is behind it, up to the next chunk") {
  FakeMemory memory;
  memory.fill(0x1'0000, 0x2'0000, 1);
  memory.make_hole(0x1'0020, 8);
  const Words words = words_of(memory, {.segments = {data(0x1'0000, 0x2'0000)}});
  CHECK_EQUAL(words.size(), 4 + 0x2000);
}

TEST("looks at 64 MiB and says that there was more") {
  class Endless final : public podprobe::core::Memory {
   public:
    std::size_t bytes = 0;
    std::size_t read(std::uint64_t, std::span<std::uint8_t> out) override {
      bytes += out.size();
      return out.size();
    }
  };
  for (const std::uint64_t size : {(64ULL << 20) + 1, 1ULL << 40, ~0ULL}) {
    Endless memory;
    bool complete = true;
    for_each_data_word(memory, {.segments = {data(0x1000, size), data(0x1000, size)}}, [](auto, auto) {});
    words_of(memory, {.segments = {data(0x1000, size)}}, &complete);
    CHECK(!complete);
    CHECK_EQUAL(memory.bytes, 2 * (64ULL << 20));
  }
}
