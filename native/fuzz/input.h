#pragma once

#include <cstdlib>
#include <map>

#include "core/entries.h"
#include "core/memory.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// What the fuzz targets have in common: input as values, as a target's memory, and properties of the output.
namespace podprobe::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

/// Values off the front of the input; zeros once it is used up.
class Input {
 public:
  explicit Input(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  template <class T>
  T number() {
    std::array<std::uint8_t, sizeof(T)> bytes{};
    const auto taken = take(sizeof(T));
    std::copy(taken.begin(), taken.end(), bytes.begin());
    return core::load<T>(bytes, 0);
  }
  std::span<const std::uint8_t> take(std::size_t count) {
    const auto taken = bytes_.first(std::min(count, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }
  std::span<const std::uint8_t> rest() { return take(bytes_.size()); }
  std::string_view text() {
    const auto all = rest();
    return {reinterpret_cast<const char*>(all.data()), all.size()};
  }
  bool empty() const { return bytes_.empty(); }

 private:
  std::span<const std::uint8_t> bytes_;
};

/// Memory in pages, that may change from one read to the next. Counts what is read.
class InputMemory final : public core::Memory {
 public:
  std::size_t reads = 0;
  std::size_t bytes_read = 0;

  /// One record: before read number `when`, `bytes` come to stand at `address`; none of them: the page goes.
  void add(std::size_t when, std::uint64_t address, std::span<const std::uint8_t> bytes) {
    changes_.emplace(when, Change{address, bytes});
    apply_until(0);
  }

  std::size_t read(std::uint64_t address, std::span<std::uint8_t> out) override {
    apply_until(++reads);
    std::size_t done = 0;
    while (done < out.size()) {
      const std::uint64_t at = address + done;
      const auto page = pages_.find(at / core::page_size);
      if (page == pages_.end()) break;
      const std::size_t count = std::min<std::size_t>(core::page_size - at % core::page_size, out.size() - done);
      std::memcpy(out.data() + done, page->second.data() + at % core::page_size, count);
      done += count;
    }
    bytes_read += done;
    return done;
  }

  /// As the kernel answers: nothing in its own half of the address space.
  std::vector<core::Range> present(core::Range range) override {
    constexpr std::uint64_t user_end = 1ULL << 63;
    const std::uint64_t last = std::min(range.end, user_end);
    std::vector<core::Range> ranges;
    for (auto page = pages_.lower_bound(range.start / core::page_size); page != pages_.end(); ++page) {
      const std::uint64_t start = std::max(range.start, page->first * core::page_size);
      if (start >= last) break;
      ranges.push_back({start, std::min(last, (page->first + 1) * core::page_size)});
    }
    return ranges;
  }

  /// Everything that is mapped at first, in ascending order.
  std::vector<core::Range> all() { return present({0, ~0ULL}); }

 private:
  struct Change {
    std::uint64_t address;
    std::span<const std::uint8_t> bytes;
  };

  void apply_until(std::size_t read) {
    while (!changes_.empty() && changes_.begin()->first <= read) {
      const Change change = changes_.begin()->second;
      changes_.erase(changes_.begin());
      if (change.bytes.empty()) pages_.erase(change.address / core::page_size);
      for (std::size_t i = 0; i < change.bytes.size(); ++i) {
        const std::uint64_t at = change.address + i;
        pages_[at / core::page_size][at % core::page_size] = change.bytes[i];
      }
    }
  }

  std::map<std::uint64_t, std::array<std::uint8_t, core::page_size>> pages_;
  std::multimap<std::size_t, Change> changes_;
};

/// A target's memory and its file, as the rest of an input tells them.
///
/// Shape: records of {u8 when, u64 address, u16 size, bytes}; with `when` 255 the bytes stand in the file. Unless the
/// memory is `changing`, all records apply at once.
struct Memories {
  InputMemory memory;
  InputMemory file;

  explicit Memories(Input& input, bool changing = false) {
    while (!input.empty()) {
      const auto when = input.number<std::uint8_t>();
      const auto address = input.number<std::uint64_t>();
      const auto size = input.number<std::uint16_t>();
      (when == 255 ? file : memory).add(when == 255 || !changing ? 0 : when, address, input.take(size));
    }
  }
};

inline unsigned word_of(std::uint8_t flags) { return (flags & 1) != 0 ? 4 : 8; }

inline core::Limits limits_of(Input& input) {
  // small enough for small inputs to reach them
  return {.entries = 1U + input.number<std::uint8_t>(),
          .string = 1U + input.number<std::uint16_t>(),
          .total = 1U + input.number<std::uint16_t>()};
}

/// The shape that Entries promises.
inline void check_entries(const core::Entries& entries) {
  require(entries.offsets.size() == entries.addresses.size() + 1);
  require(entries.offsets.front() == 0 && entries.offsets.back() == entries.block.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    require(entries.offsets[i] < entries.offsets[i + 1]);
    require(entries.block.data()[entries.offsets[i + 1] - 1] == 0);
  }
}

}  // namespace podprobe::fuzz
