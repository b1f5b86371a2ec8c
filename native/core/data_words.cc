#include "core/data_words.h"

#include <algorithm>

namespace podprobe::core {

namespace {
constexpr std::uint64_t most_bytes = 64ULL << 20;
constexpr std::uint64_t data_chunk = 64 << 10;
}  // namespace

bool for_each_data_word(Memory& memory, const Image& image,
                        const std::function<void(std::uint64_t address, std::uint64_t value)>& visit) {
  const unsigned word = image.word;
  std::vector<std::uint8_t> chunk(data_chunk);
  std::uint64_t left = most_bytes;
  bool complete = true;
  for (const elf::Segment& one : image.segments) {
    if (one.type != elf::pt_load || (one.flags & elf::pf_w) == 0) continue;
    const std::uint64_t start = (one.vaddr + image.bias + word - 1) / word * word;
    const std::uint64_t wanted = std::min(one.memsz, left);
    complete = complete && wanted == one.memsz;
    std::uint64_t seen = 0;
    for (const Range& range : memory.present({start, start + wanted})) {
      seen += range.end - range.start;
      for (std::uint64_t at = range.start; at < range.end; at += data_chunk) {
        const std::size_t size = memory.read(at, std::span(chunk).first(std::min(data_chunk, range.end - at)));
        for (std::size_t i = 0; i + word <= size; i += word) {
          const std::uint64_t value = load_word(chunk.data() + i, word);
          if (value != 0) visit(at + i, value);
        }
      }
    }
    complete = complete && seen == wanted;
    left -= wanted;
  }
  return complete;
}

}  // namespace podprobe::core
