#include "core/environ_vector.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

namespace {

/// The string at `address`, byte by byte; nothing when it has no end.
std::optional<std::string> naive_string(core::Memory& memory, std::uint64_t address) {
  for (std::string text;; ++address) {
    const auto byte = core::read_value<char>(memory, address);
    if (!byte) return std::nullopt;
    if (*byte == 0) return text;
    text += *byte;
  }
}

/// Against the simplest reader there is, for a snapshot of a C program that no limit has cut.
void compare_with_naive(core::Memory& memory, const core::Snapshot& snapshot) {
  std::size_t entry = 0;
  for (const std::uint64_t pointer : snapshot.pointers) {
    const auto text = naive_string(memory, pointer);
    if (!text) {
      require(!snapshot.fault.empty());
      continue;
    }
    require(entry < snapshot.entries.size() && snapshot.entries.at(entry) == *text && snapshot.entries.addresses[entry] == pointer);
    ++entry;
  }
  require(entry == snapshot.entries.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  podprobe::fuzz::Input input({data, size});
  const auto flags = input.number<std::uint8_t>();
  const unsigned word = podprobe::fuzz::word_of(flags);
  const auto layout = (flags & 2) != 0 ? core::Layout::go_slice : core::Layout::c_vector;
  const auto variable = input.number<std::uint64_t>();
  const core::Limits limits = podprobe::fuzz::limits_of(input);
  podprobe::fuzz::Memories memories(input, true);
  core::Memory& memory = memories.memory;

  const core::Snapshot snapshot = core::read_snapshot(memory, variable, layout, word, limits);
  podprobe::fuzz::check_entries(snapshot.entries);
  // a vector that ends on the page on which it passes the limit is taken whole
  require(snapshot.entries.size() <= limits.entries + core::page_size / word);
  require(snapshot.entries.block.size() <= limits.total);
  // each vector page and each page of strings once, plus what long strings reach on behind them
  require(memories.memory.reads <= 20 + 2 * size + 2 * limits.entries * (2 + limits.string / core::page_size));
  if (memories.memory.reads > 255) return 0;

  // no record changes it any more: a second look is the same
  for (std::size_t read = memories.memory.reads; read <= 255; ++read) core::read_value<char>(memory, 0);
  const core::Snapshot second = core::read_snapshot(memory, variable, layout, word, limits);
  require(second == core::read_snapshot(memory, variable, layout, word, limits));
  if (second.fault.empty() && !second.extents.empty() && second.extents.size() <= 256) require(core::unchanged(memory, second));
  if (layout == core::Layout::c_vector && !second.entries.truncated && second.fault.find("the v") == std::string::npos) {
    compare_with_naive(memory, second);
  }
  return 0;
}
