#include "core/entries.h"

#include <algorithm>
#include <numeric>
#include <optional>

namespace podprobe::core {

namespace {

constexpr std::uint64_t largest_window = 1 << 20;
constexpr std::uint64_t page_mask = ~(page_size - 1);

/// A stretch of the target that slides over the strings in ascending order of address.
class Window {
 public:
  explicit Window(Memory& memory) : memory_(memory) {}

  /// Makes the window start at the page of `from` and reach to the end of the page of `last`, as far as readable.
  void move(std::uint64_t from, std::uint64_t last) {
    start_ = from & page_mask;
    const std::uint64_t end = (last & page_mask) + page_size;
    fill(0, end - start_);
  }

  bool holds(std::uint64_t address) const { return address >= start_ && address - start_ < bytes_.size(); }

  /// The bytes from `address` to the end of the window.
  std::span<const std::uint8_t> from(std::uint64_t address) const {
    return std::span<const std::uint8_t>(bytes_).subspan(address - start_);
  }

  /// Reads on behind the end. False when nothing more could be read.
  bool extend(std::uint64_t count) {
    const std::size_t before = bytes_.size();
    fill(before, count);
    return bytes_.size() > before;
  }

 private:
  void fill(std::size_t at, std::uint64_t count) {
    bytes_.resize(at + count);
    bytes_.resize(at + memory_.read(start_ + at, std::span(bytes_).subspan(at)));
  }

  Memory& memory_;
  std::uint64_t start_ = 0;
  SecretBytes bytes_;
};

/// Length of the string at `address`, reading on until its end is known; nothing when the target stops being readable.
std::optional<std::size_t> measure(Window& window, const StringReference& reference, std::size_t longest) {
  const std::uint64_t address = reference.address;
  const bool terminated = reference.length == StringReference::unterminated;
  std::size_t searched = 0;
  for (;;) {
    const auto bytes = window.from(address);
    const std::size_t wanted = terminated ? longest : std::min<std::size_t>(reference.length, longest);
    if (terminated) {
      const std::size_t length = searched + length_of_string(bytes.subspan(searched));
      if (length < bytes.size()) return length;
      searched = bytes.size();
    }
    if (bytes.size() >= wanted) return wanted;
    if (!window.extend(std::clamp<std::uint64_t>(bytes.size() & page_mask, page_size, 64 << 10))) return std::nullopt;
  }
}

/// Where in the scratch block the string of one reference was put.
struct Place {
  std::size_t offset = 0;
  std::size_t length = 0;
  bool readable = false;
};

/// Reads the strings in the order of their addresses into `scratch`; `places` gets one element per reference.
class Gatherer {
 public:
  Gatherer(Memory& memory, std::span<const StringReference> references, const Limits& limits)
      : window_(memory), references_(references), limits_(limits), places_(references.size()), order_(references.size()) {
    std::iota(order_.begin(), order_.end(), 0U);
    const auto by_address = [&](std::uint32_t i) { return references[i].address; };
    if (!std::ranges::is_sorted(order_, {}, by_address)) std::ranges::stable_sort(order_, {}, by_address);
  }

  void run() {
    for (std::size_t i = 0; i < order_.size(); ++i) {
      const StringReference& reference = at(i);
      Place& place = places_[order_[i]];
      if (i > 0 && reference.address == at(i - 1).address && reference.length == at(i - 1).length) {
        place = places_[order_[i - 1]];
        continue;
      }
      if (scratch_.size() >= limits_.total) {
        truncated_ = true;
        continue;
      }
      if (reference.length == 0) {
        place.readable = true;
        continue;
      }
      if (!window_.holds(reference.address)) {
        keep_extent();
        window_.move(reference.address, last_of_run(i));
        extent_start_ = extent_end_ = reference.address;
      }
      if (window_.holds(reference.address)) take(reference, place);
    }
    keep_extent();
  }

  const Place& place(std::size_t i) const { return places_[i]; }
  std::span<const std::uint8_t> bytes(const Place& place) const {
    return std::span<const std::uint8_t>(scratch_).subspan(place.offset, place.length);
  }
  bool truncated() const { return truncated_; }
  std::size_t size() const { return scratch_.size(); }
  std::vector<Extent>& extents() { return extents_; }

 private:
  const StringReference& at(std::size_t i) const { return references_[order_[i]]; }

  /// The last address from reference i on that is reached without skipping a page.
  std::uint64_t last_of_run(std::size_t i) const {
    const std::uint64_t first = at(i).address;
    std::uint64_t last = first;
    for (++i; i < order_.size(); ++i) {
      const std::uint64_t next = at(i).address;
      if ((next & page_mask) > (last & page_mask) + page_size || next - first >= largest_window) break;
      last = next;
    }
    return last;
  }

  /// What the window holds of the strings taken from it so far.
  void keep_extent() {
    if (extent_end_ > extent_start_) {
      const auto bytes = window_.from(extent_start_).first(extent_end_ - extent_start_);
      extents_.push_back({extent_start_, SecretBytes(bytes)});
    }
    extent_start_ = extent_end_ = 0;
  }

  void take(const StringReference& reference, Place& place) {
    const std::size_t longest = std::min(limits_.string, limits_.total - scratch_.size());
    const auto length = measure(window_, reference, longest);
    if (!length) return;
    if (*length == longest) truncated_ = true;
    const auto bytes = window_.from(reference.address).first(*length);
    place = {scratch_.size(), *length, true};
    scratch_.append(bytes);
    const bool terminator = window_.holds(reference.address + *length);
    extent_end_ = std::max(extent_end_, reference.address + *length + (terminator ? 1 : 0));
  }

  Window window_;
  std::span<const StringReference> references_;
  const Limits& limits_;
  std::vector<Place> places_;
  std::vector<std::uint32_t> order_;
  SecretBytes scratch_;
  std::vector<Extent> extents_;
  std::uint64_t extent_start_ = 0;
  std::uint64_t extent_end_ = 0;
  bool truncated_ = false;
};

}  // namespace

StringsRead read_strings(Memory& memory, std::span<const StringReference> references, const Limits& limits) {
  StringsRead result;
  Gatherer gatherer(memory, references, limits);
  gatherer.run();
  result.entries.truncated = gatherer.truncated();
  result.extents = std::move(gatherer.extents());
  result.entries.offsets.reserve(references.size() + 1);
  result.entries.addresses.reserve(references.size());
  result.entries.block.reserve(std::min(gatherer.size() + references.size(), limits.total));
  for (std::size_t i = 0; i < references.size(); ++i) {
    const Place& place = gatherer.place(i);
    if (!place.readable) {
      if (!gatherer.truncated() && result.unreadable++ == 0) result.first_unreadable = references[i].address;
      continue;
    }
    // many pointers to one long string: the block is bounded although the string is read only once
    if (result.entries.block.size() + place.length + 1 > limits.total) {
      result.entries.truncated = true;
      break;
    }
    result.entries.append(references[i].address, gatherer.bytes(place));
  }
  return result;
}

}  // namespace podprobe::core
