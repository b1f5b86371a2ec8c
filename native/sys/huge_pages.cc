#include "sys/huge_pages.h"

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <new>

namespace podprobe::sys {

namespace {

constexpr std::size_t page = 2 << 20;
/// Less comes from the heap, which keeps its pages.
constexpr std::size_t least_piece = page / 2;

std::size_t rounded_up(std::size_t size) { return (size + page - 1) / page * page; }

/// At an address where a huge page can begin.
void* map_aligned(std::size_t size) {
  void* const mapped = mmap(nullptr, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  auto* const start = static_cast<std::uint8_t*>(mapped);
  const std::size_t before = rounded_up(reinterpret_cast<std::uintptr_t>(start)) - reinterpret_cast<std::uintptr_t>(start);
  if (before != 0) munmap(start, before);
  munmap(start + before + size, page - before);
  return start + before;
}

class HugePages final : public std::pmr::memory_resource {
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    if (!is_large(size, alignment)) return heap().allocate(size, alignment);
    void* const piece = map_aligned(rounded_up(size));
    // without huge pages it is as any other memory
    madvise(piece, rounded_up(size), MADV_HUGEPAGE);
    return piece;
  }

  void do_deallocate(void* piece, std::size_t size, std::size_t alignment) override {
    if (!is_large(size, alignment)) return heap().deallocate(piece, size, alignment);
    munmap(piece, rounded_up(size));
  }

  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  static bool is_large(std::size_t size, std::size_t alignment) { return size >= least_piece && alignment <= page; }
  static memory_resource& heap() { return *std::pmr::new_delete_resource(); }
};

}  // namespace

std::pmr::memory_resource* huge_pages() {
  static HugePages* const pages = new HugePages;
  return pages;
}

}  // namespace podprobe::sys
