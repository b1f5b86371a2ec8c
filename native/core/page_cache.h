#pragma once

#include <unordered_map>

#include "core/memory.h"

namespace podprobe::core {

/// Memory that asks the one below it once per page, for structures that do not change while they are walked.
class PageCache final : public Memory {
 public:
  explicit PageCache(Memory& below) : below_(below) {}

  std::size_t read(std::uint64_t address, std::span<std::uint8_t> out) override;
  std::vector<Range> present(Range range) override { return below_.present(range); }

 private:
  struct Page {
    std::size_t size = 0;
    std::array<std::uint8_t, page_size> bytes;
  };

  const Page& page_at(std::uint64_t start);

  Memory& below_;
  std::unordered_map<std::uint64_t, Page> pages_;
  std::size_t fetches_ = 0;
};

}  // namespace podprobe::core
