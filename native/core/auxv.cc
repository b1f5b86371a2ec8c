#include "core/auxv.h"

#include "core/memory.h"

namespace podprobe::core {

namespace {

constexpr std::uint64_t at_null = 0, at_phdr = 3, at_phent = 4, at_phnum = 5, at_base = 7, at_execfn = 31;

std::optional<Auxv> parse_as(std::span<const std::uint8_t> bytes, unsigned word, std::uint64_t expected_phent) {
  Auxv auxv{.word = word};
  std::uint64_t phent = 0;
  for (std::size_t at = 0; at + 2 * word <= bytes.size(); at += 2 * word) {
    const std::uint64_t type = load_word(bytes.data() + at, word);
    const std::uint64_t value = load_word(bytes.data() + at + word, word);
    if (type == at_null) break;
    if (type == at_phdr) auxv.phdr = value;
    if (type == at_phent) phent = value;
    if (type == at_phnum) auxv.phnum = value;
    if (type == at_base) auxv.base = value;
    if (type == at_execfn) auxv.execfn = value;
  }
  if (phent != expected_phent) return std::nullopt;
  return auxv;
}

}  // namespace

std::optional<Auxv> parse_auxv(std::span<const std::uint8_t> bytes) {
  if (const auto auxv = parse_as(bytes, 8, 56)) return auxv;
  return parse_as(bytes, 4, 32);
}

}  // namespace podprobe::core
