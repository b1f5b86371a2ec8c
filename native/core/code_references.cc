#include "core/code_references.h"

#include <algorithm>

namespace podprobe::core {

namespace {

constexpr std::uint64_t most_code = 256ULL << 20;
constexpr std::size_t code_chunk = 256 << 10;
/// Longest operand or instruction pair that can stand across the end of a chunk.
constexpr std::size_t overlap = 16;

class Counter {
 public:
  Counter(const std::vector<std::uint64_t>& addresses, std::uint64_t bias)
      : addresses_(addresses), bias_(bias), counts_(addresses.size()) {}

  void hit(std::uint64_t address) {
    if (address < addresses_.front() || address > addresses_.back()) return;
    const auto found = std::lower_bound(addresses_.begin(), addresses_.end(), address);
    if (found != addresses_.end() && *found == address) ++counts_[static_cast<std::size_t>(found - addresses_.begin())];
  }

  /// `code` lies at `start`; operands in its first `size` bytes are counted.
  void x86(std::span<const std::uint8_t> code, std::uint64_t start, std::size_t size, bool rip_relative) {
    const std::uint64_t low = addresses_.front() - 4;
    const std::uint64_t span = addresses_.back() - low;
    for (std::size_t i = 0; i < size && i + 4 <= code.size(); ++i) {
      const auto operand = load<std::int32_t>(code, i);
      if (bias_ == 0) hit(static_cast<std::uint32_t>(operand));
      if (!rip_relative) continue;
      const std::uint64_t target = start + i + 4 + static_cast<std::uint64_t>(static_cast<std::int64_t>(operand));
      if (target - low > span) continue;
      hit(target);
      hit(target + 1);  // an 8-bit immediate follows the operand
      hit(target + 4);  // a 32-bit immediate follows
    }
  }

  void arm64(std::span<const std::uint8_t> code, std::uint64_t start, std::size_t size) {
    for (std::size_t i = 0; i < size && i + 8 <= code.size(); i += 4) {
      const auto adrp = load<std::uint32_t>(code, i);
      if ((adrp & 0x9f00'0000U) != 0x9000'0000U) continue;
      const std::uint64_t immediate = (std::uint64_t{(adrp >> 5) & 0x7'ffffU} << 2) | ((adrp >> 29) & 3U);
      const std::uint64_t sign = immediate & (1ULL << 20);
      const std::uint64_t page = ((start + i) & ~0xfffULL) + ((immediate - 2 * sign) << 12);
      for (std::size_t next = i + 4; next <= i + 12 && next + 4 <= code.size(); next += 4) {
        const auto use = load<std::uint32_t>(code, next);
        if (((use >> 5) & 31U) != (adrp & 31U)) continue;
        const std::uint64_t low = (use >> 10) & 0xfffU;
        const bool add = (use & 0xffc0'0000U) == 0x9100'0000U;
        const bool load_or_store = (use & 0xff80'0000U) == 0xf900'0000U;
        if (!add && !load_or_store) continue;
        hit(page + (add ? low : low * 8));
        break;
      }
    }
  }

  std::vector<std::size_t> counts() && { return std::move(counts_); }

 private:
  const std::vector<std::uint64_t>& addresses_;
  std::uint64_t bias_;
  std::vector<std::size_t> counts_;
};

}  // namespace

std::vector<std::size_t> count_code_references(Memory& file, const Image& image, std::uint16_t machine,
                                               const std::vector<std::uint64_t>& addresses) {
  if (addresses.empty()) return {};
  Counter counter(addresses, image.bias);
  std::vector<std::uint8_t> chunk(code_chunk + overlap);
  std::uint64_t left = most_code;
  for (const elf::Segment& one : image.segments) {
    if (one.type != elf::pt_load || (one.flags & elf::pf_x) == 0) continue;
    for (std::uint64_t at = 0; at < one.filesz && left > 0; at += code_chunk) {
      const std::uint64_t wanted = std::min<std::uint64_t>(chunk.size(), one.filesz - at);
      const std::size_t size = file.read(one.offset + at, std::span(chunk).first(wanted));
      const auto code = std::span<const std::uint8_t>(chunk).first(size);
      const std::uint64_t start = one.vaddr + image.bias + at;
      if (machine == elf::em_x86_64 || machine == elf::em_386) {
        counter.x86(code, start, code_chunk, machine == elf::em_x86_64);
      } else if (machine == elf::em_aarch64) {
        counter.arm64(code, start, code_chunk);
      }
      left -= std::min<std::uint64_t>(left, code_chunk);
      if (size < wanted) break;
    }
  }
  return std::move(counter).counts();
}

}  // namespace podprobe::core
