#include "core/live_environ.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace podprobe::core {

namespace {

constexpr unsigned most_attempts = 40;
constexpr unsigned suspicious_agreements = 10;

std::string_view name_of(std::string_view entry) { return entry.substr(0, entry.find('=')); }

/// Whether two entries have the same name; an open hash table of entry numbers, because vectors can be long.
bool repeats_a_name(const Entries& entries) {
  std::vector<std::uint32_t> table(std::bit_ceil(entries.size() * 2 + 1), 0);
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    const std::string_view name = name_of(entries.at(i));
    std::size_t slot = std::hash<std::string_view>{}(name) & (table.size() - 1);
    for (; table[slot] != 0; slot = (slot + 1) & (table.size() - 1)) {
      if (name_of(entries.at(table[slot] - 1)) == name) return true;
    }
    table[slot] = i + 1;
  }
  return false;
}

bool all_well_formed(const Entries& entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!well_formed(entries.at(i))) return false;
  }
  return true;
}

bool repeats_a_string(std::vector<std::uint64_t> pointers) {
  std::ranges::sort(pointers);
  return std::ranges::adjacent_find(pointers) != pointers.end();
}

bool suspicious(const Snapshot& snapshot) {
  return snapshot.entries.size() == 0 || !all_well_formed(snapshot.entries) || repeats_a_name(snapshot.entries);
}

/// Whether glibc has not come to its own initialisation yet.
bool not_started(Memory& memory, const Location& location) {
  if (location.started_mark == 0) return false;
  const auto name = read_word(memory, location.started_mark, location.word);
  return name && *name != 0 && read_value<std::uint8_t>(memory, *name) == 0;
}

LiveEnviron judge(Memory& memory, const Location& location, Snapshot snapshot) {
  LiveEnviron live{.state = LiveState::ok, .reason = {}, .entries = std::move(snapshot.entries), .vector = snapshot.vector};
  if (!snapshot.fault.empty()) {
    live.state = LiveState::unknown;
    live.reason = std::move(snapshot.fault);
  } else if (live.entries.truncated) {
    live.state = LiveState::unknown;
    live.reason = "larger than the limits, cut after " + std::to_string(live.entries.size()) + " entries";
  } else if (snapshot.vector == 0 && not_started(memory, location)) {
    live.state = LiveState::unknown;
    live.reason = "the program is still starting: its libc has not taken over the environment";
  } else if (location.layout == Layout::c_vector && repeats_a_string(std::move(snapshot.pointers))) {
    live.state = LiveState::unstable;
    live.reason = "the vector lists one string twice, as it does in the middle of unsetenv()";
  }
  return live;
}

}  // namespace

LiveEnviron read_live_environ(Memory& memory, const Location& location, const Limits& limits, Pacer& pacer) {
  Snapshot last = read_snapshot(memory, location.variable, location.layout, location.word, limits);
  unsigned agreements = 0;
  for (unsigned attempt = 1; attempt <= most_attempts; ++attempt) {
    const bool needs_patience = !last.fault.empty() || suspicious(last);
    const bool must_wait = needs_patience || (agreements == 0 && attempt > 2);
    if (must_wait && !pacer.pause(attempt)) {
      return {.state = LiveState::unstable, .reason = "no time was left to read it a second time", .entries = {}, .vector = last.vector};
    }
    Snapshot next = read_snapshot(memory, location.variable, location.layout, location.word, limits);
    agreements = next == last ? agreements + 1 : 0;
    last = std::move(next);
    if (agreements >= (needs_patience ? suspicious_agreements : 1)) return judge(memory, location, std::move(last));
  }
  return {.state = LiveState::unstable,
          .reason = "it changed between any two of " + std::to_string(most_attempts) + " looks",
          .entries = {},
          .vector = last.vector};
}

}  // namespace podprobe::core
