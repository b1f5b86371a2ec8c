#pragma once

#include <array>
#include <bitset>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

#include "core/memory.h"

namespace podprobe::test {

/// Memory of a made-up target: the pages that something was put on, and holes everywhere else.
class FakeMemory : public core::Memory {
 public:
  std::size_t reads = 0;
  std::size_t bytes_read = 0;
  std::size_t gathers = 0;
  /// Called with the number of the read (1, 2, …) before it is answered: a target that changes meanwhile.
  std::function<void(std::size_t read)> before_read;

  void put(std::uint64_t address, std::span<const std::uint8_t> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      pages_[(address + i) / core::page_size].bytes[(address + i) % core::page_size] = bytes[i];
    }
  }

  /// With the NUL behind it.
  void put_string(std::uint64_t address, std::string_view text) {
    put(address, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    put(address + text.size(), std::array<std::uint8_t, 1>{});
  }

  void put_words(std::uint64_t address, std::span<const std::uint64_t> words, unsigned word = 8) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      std::array<std::uint8_t, 8> bytes;
      std::memcpy(bytes.data(), &words[i], 8);
      put(address + i * word, std::span(bytes).first(word));
    }
  }
  void put_words(std::uint64_t address, std::initializer_list<std::uint64_t> words, unsigned word = 8) {
    put_words(address, std::span(words.begin(), words.size()), word);
  }

  void fill(std::uint64_t address, std::size_t count, std::uint8_t byte = 0) {
    put(address, std::vector<std::uint8_t>(count, byte));
  }

  void make_hole(std::uint64_t address, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto page = pages_.find((address + i) / core::page_size);
      if (page != pages_.end()) page->second.hole.set((address + i) % core::page_size);
    }
  }

  /// Calls `visit(address, bytes)` for what is not 0, and for the first byte of every page.
  template <class Visit>
  void for_each_run(Visit visit) const {
    for (const auto& [number, page] : pages_) {
      for (std::size_t at = 0, end = 1; at < core::page_size; at = end, end = at + 1) {
        if (at != 0 && page.bytes[at] == 0) continue;
        while (end < core::page_size && page.bytes[end] != 0) ++end;
        visit(number * core::page_size + at, std::span(page.bytes).subspan(at, end - at));
      }
    }
  }

  std::size_t read(std::uint64_t address, std::span<std::uint8_t> out) override {
    ++reads;
    if (before_read) before_read(reads);
    std::size_t done = 0;
    while (done < out.size()) {
      const std::uint64_t at = address + done;
      const auto found = pages_.find(at / core::page_size);
      if (found == pages_.end()) break;
      const auto& [bytes, hole] = found->second;
      const std::size_t from = at % core::page_size;
      const std::size_t end = std::min<std::size_t>(core::page_size, from + (out.size() - done));
      std::size_t to = from;
      while (to < end && (hole.none() || !hole.test(to))) to = hole.none() ? end : to + 1;
      std::memcpy(out.data() + done, bytes.data() + from, to - from);
      done += to - from;
      if (to < end) break;
    }
    bytes_read += done;
    return done;
  }

  bool gather(std::span<const core::Piece> pieces) override {
    ++gathers;
    return Memory::gather(pieces);
  }

 private:
  struct Page {
    std::array<std::uint8_t, core::page_size> bytes{};
    std::bitset<core::page_size> hole;
  };
  std::map<std::uint64_t, Page> pages_;
};

}  // namespace podprobe::test
