#include "core/static_scan.h"

#include <algorithm>
#include <map>

#include "core/code_references.h"
#include "core/data_words.h"
#include "core/hex.h"
#include "core/plausible.h"

namespace podprobe::core {

namespace {

constexpr std::size_t fewest_references = 6;
constexpr std::size_t most_candidates = 256;
constexpr Limits probe_limits{.entries = 65'536, .string = 1 << 20, .total = 8 << 20};

/// Words with the same value: which of them is `__environ` makes no difference.
struct Candidate {
  std::uint64_t vector = 0;
  std::vector<std::uint64_t> slots;
  std::vector<std::uint64_t> pointers;  // sorted
  std::size_t references = 0;
  std::uint64_t best_slot = 0;
};

using Candidates = std::vector<Candidate>;

/// The pointers of the vector at `address`, sorted, when each is that of a NAME=value of its own.
std::optional<std::vector<std::uint64_t>> as_environment(Memory& memory, std::uint64_t address, unsigned word,
                                                         ProbeBudget& budget) {
  if (budget.exhausted()) return std::nullopt;
  const auto first = read_word(memory, address, word);
  if (!first || !may_be_entry(memory, *first)) return std::nullopt;
  VectorRead vector = read_vector(memory, address, word, probe_limits.entries);
  if (!budget.spend(vector.pointers.size(), 0) || !vector.terminated) return std::nullopt;
  std::vector<StringReference> references;
  for (const std::uint64_t pointer : vector.pointers) references.push_back({pointer});
  const StringsRead strings = read_strings(memory, references, probe_limits);
  if (!budget.spend(0, strings.entries.block.size())) return std::nullopt;
  if (strings.unreadable != 0 || strings.entries.truncated) return std::nullopt;
  for (std::size_t i = 0; i < strings.entries.size(); ++i) {
    if (!plausible(strings.entries.at(i))) return std::nullopt;
  }
  std::ranges::sort(vector.pointers);
  if (std::ranges::adjacent_find(vector.pointers) != vector.pointers.end()) return std::nullopt;
  return std::move(vector.pointers);
}

Candidates collect(const StaticProgram& program, bool& complete) {
  std::map<std::uint64_t, Candidate> by_vector;
  ProbeBudget budget;
  complete = for_each_data_word(program.memory, program.image, [&](std::uint64_t slot, std::uint64_t value) {
    const bool argv = value >= program.start_stack && value < program.first_vector;
    if (argv || value < page_size || value % program.image.word != 0) return;
    if (const auto known = by_vector.find(value); known != by_vector.end()) {
      known->second.slots.push_back(slot);
      return;
    }
    const bool initial = value == program.first_vector;
    auto pointers = as_environment(program.memory, value, program.image.word, budget);
    if (!pointers && !initial) return;
    if (by_vector.size() >= most_candidates) return;
    Candidate candidate{.vector = value, .slots = {slot}, .pointers = pointers.value_or(std::vector<std::uint64_t>{})};
    by_vector.emplace(value, std::move(candidate));
  });
  complete = complete && !budget.exhausted();
  Candidates candidates;
  for (auto& [value, candidate] : by_vector) candidates.push_back(std::move(candidate));
  return candidates;
}

/// musl lists the strings it has allocated itself in a vector of their own: part of the live one, and used less.
void drop_subsets(Candidates& candidates) {
  const auto subset_of_another = [&](const Candidate& one) {
    return std::ranges::any_of(candidates, [&](const Candidate& other) {
      return one.references < other.references && !one.pointers.empty() && one.pointers.size() < other.pointers.size() &&
             std::ranges::includes(other.pointers, one.pointers);
    });
  };
  std::vector<std::uint64_t> dropped;
  for (const Candidate& one : candidates) {
    if (subset_of_another(one)) dropped.push_back(one.vector);
  }
  std::erase_if(candidates, [&](const Candidate& one) { return std::ranges::find(dropped, one.vector) != dropped.end(); });
}

void count_references(const StaticProgram& program, Candidates& candidates) {
  const auto header = elf::read_header(program.file, 0);
  std::vector<std::uint64_t> slots;
  for (const Candidate& one : candidates) slots.insert(slots.end(), one.slots.begin(), one.slots.end());
  std::ranges::sort(slots);
  const auto counts = count_code_references(program.file, program.image, header ? header->machine : std::uint16_t{0}, slots);
  for (Candidate& one : candidates) {
    for (const std::uint64_t slot : one.slots) {
      const std::size_t count = counts[static_cast<std::size_t>(std::ranges::lower_bound(slots, slot) - slots.begin())];
      if (count < one.references) continue;
      one.references = count;
      one.best_slot = slot;
    }
  }
}

}  // namespace

Located scan_static_program(const StaticProgram& program) {
  bool complete = true;
  Candidates candidates = collect(program, complete);
  count_references(program, candidates);
  drop_subsets(candidates);
  std::erase_if(candidates, [](const Candidate& one) { return one.references < fewest_references; });
  std::ranges::sort(candidates, std::ranges::greater{}, &Candidate::references);
  if (candidates.empty()) {
    return NotLocated{.reason = std::string("a static program without symbols, and no word of its data points to an "
                                            "environment that its code uses (as after clearenv())") +
                                (complete ? "" : "; not all of its data was looked at"),
                      .runtime = "libc"};
  }
  if (candidates.size() > 1 && candidates[1].references * 2 > candidates[0].references) {
    return NotLocated{.why = NotLocated::Why::ambiguous,
                      .reason = "two vectors are used alike: " + hex(candidates[0].vector) + " (" +
                                std::to_string(candidates[0].references) + " references) and " + hex(candidates[1].vector) +
                                " (" + std::to_string(candidates[1].references) + ")",
                      .runtime = "libc"};
  }
  return Location{.variable = candidates[0].best_slot,
                  .layout = Layout::c_vector,
                  .word = program.image.word,
                  .locator = "scan",
                  .runtime = "libc"};
}

}  // namespace podprobe::core
