#include "core/page_cache.h"

#include <algorithm>

namespace podprobe::core {

namespace {
constexpr std::size_t most_pages = 1024;
constexpr std::size_t most_fetches = 65'536;
}

const PageCache::Page& PageCache::page_at(std::uint64_t start) {
  const auto found = pages_.find(start);
  if (found != pages_.end()) return found->second;
  if (pages_.size() >= most_pages) pages_.clear();
  Page& page = pages_[start];
  // a target can make a search run through all of its memory: what is behind the bound counts as unreadable
  page.size = ++fetches_ <= most_fetches ? below_.read(start, page.bytes) : 0;
  return page;
}

std::size_t PageCache::read(std::uint64_t address, std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::uint64_t here = address + done;
    if (here < address) break;
    const std::uint64_t offset = here % page_size;
    const Page& page = page_at(here - offset);
    if (page.size <= offset) break;
    const std::size_t count = std::min<std::size_t>(page.size - offset, out.size() - done);
    std::memcpy(out.data() + done, page.bytes.data() + offset, count);
    done += count;
    if (page.size < page_size) break;
  }
  return done;
}

}  // namespace podprobe::core
