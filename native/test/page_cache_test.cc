#include "core/page_cache.h"

#include "test/check.h"
#include "test/fake_memory.h"

using podprobe::core::PageCache;
using podprobe::test::FakeMemory;

namespace {

std::vector<std::uint8_t> read(PageCache& cache, std::uint64_t address, std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  bytes.resize(cache.read(address, bytes));
  return bytes;
}

FakeMemory counting_memory(std::uint64_t address, std::size_t count) {
  FakeMemory memory;
  std::vector<std::uint8_t> bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  memory.put(address, bytes);
  return memory;
}

}  // namespace

TEST("gives the bytes of the memory below, across pages") {
  FakeMemory memory = counting_memory(0x1000, 0x4000);
  PageCache cache(memory);
  for (const std::uint64_t address : {0x1000ULL, 0x1001ULL, 0x1fffULL, 0x2ff8ULL}) {
    std::vector<std::uint8_t> expected(0x1800);
    memory.read(address, expected);
    CHECK(read(cache, address, 0x1800) == expected);
  }
}

TEST("asks for each page once") {
  FakeMemory memory = counting_memory(0x1000, 0x2000);
  PageCache cache(memory);
  for (int i = 0; i < 100; ++i) CHECK_EQUAL(read(cache, 0x1ffc, 8).size(), 8);
  CHECK_EQUAL(memory.reads, 2);
}

TEST("asks for an unreadable page once, too") {
  FakeMemory memory;
  PageCache cache(memory);
  for (int i = 0; i < 100; ++i) CHECK_EQUAL(read(cache, 0x5000, 8).size(), 0);
  CHECK_EQUAL(memory.reads, 1);
}

TEST("stops at a page that is unreadable, and where one ends early") {
  FakeMemory memory = counting_memory(0x1000, 0x1800);
  memory.make_hole(0x2800, 0x800);
  memory.fill(0x3000, 0x1000);
  PageCache cache(memory);
  CHECK_EQUAL(read(cache, 0x1ff0, 0x3000).size(), 0x810);
  CHECK_EQUAL(read(cache, 0x2800, 1).size(), 0);
  CHECK_EQUAL(read(cache, 0x3000, 1).size(), 1);
}

TEST("reads up to the end of the address space, and not on from its start") {
  FakeMemory memory;
  memory.fill(~0ULL - 0xfff, 0x1000, 1);
  memory.fill(0, 0x1000, 2);
  PageCache cache(memory);
  CHECK_EQUAL(read(cache, ~0ULL - 15, 16).size(), 16);
  CHECK_EQUAL(read(cache, ~0ULL - 15, 17).size(), 16);
}

TEST("an empty read asks nothing") {
  FakeMemory memory;
  PageCache cache(memory);
  CHECK_EQUAL(read(cache, 0x1000, 0).size(), 0);
  CHECK_EQUAL(memory.reads, 0);
}

TEST("keeps a bounded number of pages, and asks a bounded number of times") {
  class Everything final : public podprobe::core::Memory {
   public:
    std::size_t reads = 0;
    std::size_t read(std::uint64_t, std::span<std::uint8_t> out) override {
      ++reads;
      return out.size();
    }
  };
  Everything memory;
  PageCache cache(memory);
  std::size_t readable = 0;
  for (std::uint64_t page = 0; page < 70'000; ++page) readable += read(cache, page * 4096, 1).size();
  CHECK_EQUAL(readable, 65'536);
  CHECK_EQUAL(memory.reads, 65'536);
}

TEST("what is present is the memory's own answer") {
  FakeMemory memory;
  const auto ranges = PageCache(memory).present({1, 9});
  CHECK_EQUAL(ranges.size(), 1);
  CHECK_EQUAL(ranges[0].start, 1);
  CHECK_EQUAL(ranges[0].end, 9);
}
