#include "core/go.h"

#include <algorithm>
#include <string_view>

#include "core/data_words.h"
#include "core/hex.h"
#include "core/plausible.h"

namespace podprobe::core {

namespace {

constexpr std::string_view build_magic = "\xff Go buildinf:";
constexpr std::uint64_t build_search = 64 << 10;
constexpr std::uint64_t most_strings = 65'536;
constexpr std::size_t most_hits = 64;
constexpr std::uint64_t most_empty = 64;

/// One slice header in data whose strings look like an environment.
struct Hit {
  std::uint64_t variable = 0;
  std::uint64_t vector = 0;
  Entries entries;
};

bool shares_a_string(const Entries& one, const Entries& other) {
  std::vector<std::uint64_t> known = one.addresses;
  std::ranges::sort(known);
  return std::ranges::any_of(other.addresses, [&](std::uint64_t address) { return std::ranges::binary_search(known, address); });
}

bool same_strings(const Entries& one, const Entries& other) {
  return one.block == other.block && one.offsets == other.offsets;
}

/// Cheap look at the first string that is not empty: most triples of words are no slice of strings.
bool may_be_environment(Memory& memory, std::uint64_t vector, std::uint64_t length, unsigned word) {
  for (std::uint64_t i = 0; i < std::min(length, most_empty); ++i) {
    const auto pointer = read_word(memory, vector + i * 2 * word, word);
    const auto size = read_word(memory, vector + (i * 2 + 1) * word, word);
    if (!pointer || !size || *size > Limits{}.string) return false;
    if (*size != 0) return may_be_entry(memory, *pointer);
  }
  return false;
}

/// Three words {pointer, length, capacity} at `variable`, when all strings are empty or NAME=value and not all are empty.
std::optional<Hit> as_environment(Memory& memory, std::uint64_t variable, std::uint64_t vector, unsigned word,
                                  ProbeBudget& budget) {
  if (budget.exhausted() || vector < page_size || vector % word != 0) return std::nullopt;
  const auto length = read_word(memory, variable + word, word);
  if (!length || *length == 0 || *length > most_strings) return std::nullopt;
  const auto capacity = read_word(memory, variable + 2ULL * word, word);
  if (!capacity || *capacity < *length || *capacity > most_strings) return std::nullopt;
  if (!may_be_environment(memory, vector, *length, word) || !budget.spend(*length, 0)) return std::nullopt;
  Snapshot snapshot = read_snapshot(memory, variable, Layout::go_slice, word, Limits{});
  if (!budget.spend(0, snapshot.entries.block.size())) return std::nullopt;
  if (!snapshot.fault.empty() || snapshot.entries.truncated || snapshot.entries.size() == 0) return std::nullopt;
  for (std::size_t i = 0; i < snapshot.entries.size(); ++i) {
    const std::string_view entry = snapshot.entries.at(i);
    if (!plausible(entry)) return std::nullopt;
  }
  return Hit{.variable = variable, .vector = vector, .entries = std::move(snapshot.entries)};
}

NotLocated not_located(std::string reason, NotLocated::Why why = NotLocated::Why::not_found) {
  return {.why = why, .reason = std::move(reason), .runtime = "go"};
}

}  // namespace

bool is_go(Memory& memory, const Image& image) {
  for (const elf::Segment& one : image.segments) {
    if (one.type != elf::pt_load || (one.flags & elf::pf_w) == 0) continue;
    std::vector<std::uint8_t> bytes(std::min(one.filesz, build_search));
    bytes.resize(memory.read(one.vaddr + image.bias, bytes));
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (std::size_t at = text.find(build_magic); at != std::string_view::npos; at = text.find(build_magic, at + 1)) {
      if ((one.vaddr + at) % 16 == 0) return true;
    }
  }
  return false;
}

Located scan_for_go(Memory& memory, const Image& image, const Entries& initial) {
  std::vector<Hit> hits;
  ProbeBudget budget;
  for_each_data_word(memory, image, [&](std::uint64_t address, std::uint64_t value) {
    if (hits.size() >= most_hits) return;
    if (auto hit = as_environment(memory, address, value, image.word, budget)) hits.push_back(std::move(*hit));
  });
  if (budget.exhausted()) return not_located("a Go program without symbols, and too much of its data looks like environments");
  const auto pristine =
      std::ranges::find_if(hits, [&](const Hit& hit) { return same_strings(hit.entries, initial); });
  if (pristine == hits.end()) return not_located("a Go program without symbols, and no slice of its data equals its initial environment");

  std::vector<const Hit*> related;
  std::vector<const Hit*> others;
  for (const Hit& hit : hits) {
    if (&hit == &*pristine) continue;
    (shares_a_string(pristine->entries, hit.entries) ? related : others).push_back(&hit);
  }
  if (related.empty() && others.empty()) {
    return not_located("a Go program without symbols, and only its initial environment is in its data (as after os.Clearenv())");
  }
  if (related.size() != 1) {
    const auto& alike = related.empty() ? others : related;
    return not_located(std::to_string(alike.size()) + " slices look like an environment that was changed (the first at " +
                           hex(alike.front()->variable) + "), and none stands out",
                       NotLocated::Why::ambiguous);
  }
  return Location{.variable = related.front()->variable,
                  .layout = Layout::go_slice,
                  .word = image.word,
                  .locator = "go-scan",
                  .runtime = "go"};
}

}  // namespace podprobe::core
