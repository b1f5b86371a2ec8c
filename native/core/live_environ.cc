#include "core/live_environ.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace podprobe::core {

namespace {

/// How a changing environment is believed.
struct Doubt {
  unsigned votes;          ///< so many equal looks
  unsigned looks;          ///< out of so many
  std::size_t candidates;  ///< with so many states in mind
  bool linked;             ///< only those count whose strings are still in the vector afterwards
};

/// musl and Go free the string that is replaced: against a tight setenv() loop, up to 5 % of all looks show one wrong
/// string, whose memory was in use again when it was read; with the pointer to it back in place, 0.5 %. More looks would
/// make such a state win by patience.
constexpr Doubt strings_are_freed{.votes = 8, .looks = 64, .candidates = 6, .linked = true};
/// glibc keeps every string it has ever linked: only the vector can be torn.
constexpr Doubt strings_are_kept{.votes = 5, .looks = 128, .candidates = 32, .linked = false};
constexpr unsigned votes_at_rest = 5;
constexpr unsigned looks_between_pauses = 16;
constexpr std::size_t most_remembered = 8 << 20;
constexpr unsigned suspicious_agreements = 10;
constexpr unsigned most_probes = 256;

std::string_view name_of(std::string_view entry) { return entry.substr(0, entry.find('=')); }

/// Whether two entries have the same name; an open hash table of entry numbers, because vectors can be long. Names that
/// were made to collide count as the same: what follows is patience, not a wrong answer.
bool repeats_a_name(const Entries& entries) {
  std::vector<std::uint32_t> table(std::bit_ceil(entries.size() * 2 + 1), 0);
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    const std::string_view name = name_of(entries.at(i));
    std::size_t slot = std::hash<std::string_view>{}(name) & (table.size() - 1);
    for (unsigned probes = 0; table[slot] != 0; slot = (slot + 1) & (table.size() - 1)) {
      if (++probes > most_probes || name_of(entries.at(table[slot] - 1)) == name) return true;
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
  if (std::ranges::is_sorted(pointers, std::ranges::less_equal{})) return false;
  std::ranges::sort(pointers);
  return std::ranges::adjacent_find(pointers) != pointers.end();
}

bool suspicious(const Snapshot& snapshot) {
  return snapshot.entries.size() == 0 || !all_well_formed(snapshot.entries) || repeats_a_name(snapshot.entries);
}

LiveEnviron judge(const Location& location, Snapshot snapshot) {
  LiveEnviron live{.state = LiveState::ok, .reason = {}, .entries = std::move(snapshot.entries), .vector = snapshot.vector};
  if (!snapshot.fault.empty()) {
    live.state = LiveState::unknown;
    live.reason = std::move(snapshot.fault);
  } else if (live.entries.truncated) {
    live.state = LiveState::unknown;
    live.reason = "larger than the limits, cut after " + std::to_string(live.entries.size()) + " entries";
  } else if (location.layout == Layout::c_vector && repeats_a_string(std::move(snapshot.pointers))) {
    live.state = LiveState::unstable;
    live.reason = "the vector lists one string twice, as it does in the middle of unsetenv()";
  }
  return live;
}

/// The looks that were not suspicious, with how often each was seen.
class Ballot {
 public:
  explicit Ballot(const Doubt& doubt) : doubt_(doubt) {}

  /// The look when it has been seen often enough to be believed.
  Snapshot* vote(Snapshot look) {
    const auto known = std::ranges::find(candidates_, look, &Candidate::look);
    if (known != candidates_.end()) {
      std::rotate(known, known + 1, candidates_.end());
    } else {
      if (candidates_.size() == most_candidates(look)) candidates_.erase(candidates_.begin());
      candidates_.push_back({std::move(look), 0});
    }
    changing_ = changing_ || candidates_.size() > 1;
    return vote_for_latest() ? latest() : nullptr;
  }

  /// The look that was voted for last.
  Snapshot* latest() { return candidates_.empty() ? nullptr : &candidates_.back().look; }

  bool vote_for_latest() { return ++candidates_.back().votes >= (changing_ ? doubt_.votes : votes_at_rest); }

  void disturb() { changing_ = true; }

 private:
  struct Candidate {
    Snapshot look;
    unsigned votes;
  };

  /// Few of the large ones: they are kept in memory.
  std::size_t most_candidates(const Snapshot& look) const {
    return std::clamp<std::size_t>(most_remembered / (look.entries.block.size() + 1), 2, doubt_.candidates);
  }

  const Doubt& doubt_;
  std::vector<Candidate> candidates_;  // the last one was seen last
  bool changing_ = false;
};

}  // namespace

LiveEnviron read_live_environ(Memory& memory, const Location& location, const Limits& limits, Pacer& pacer) {
  const Doubt& doubt = location.runtime == "glibc" ? strings_are_kept : strings_are_freed;
  Ballot ballot(doubt);
  std::optional<Snapshot> doubtful;
  unsigned agreements = 0;
  std::uint64_t vector = 0;
  for (unsigned attempt = 1; attempt <= doubt.looks; ++attempt) {
    const bool must_wait = doubtful || attempt % looks_between_pauses == 0;
    if (must_wait && !pacer.pause(attempt)) {
      return {.state = LiveState::unstable, .reason = "no time was left to look at it again", .entries = {}, .vector = vector};
    }
    if (Snapshot* const same = ballot.latest(); same && !doubtful && unchanged(memory, *same)) {
      if (ballot.vote_for_latest()) return judge(location, std::move(*same));
      continue;
    }
    Snapshot look = read_snapshot(memory, location.variable, location.layout, location.word, limits);
    vector = look.vector;
    if (doubt.linked && ballot.latest() && !still_linked(memory, look)) {
      ballot.disturb();
      continue;
    }
    if (look.fault.empty() && !suspicious(look)) {
      doubtful.reset();
      if (Snapshot* const elected = ballot.vote(std::move(look))) return judge(location, std::move(*elected));
      continue;
    }
    ballot.disturb();
    agreements = doubtful == look ? agreements + 1 : 0;
    if (agreements >= suspicious_agreements) return judge(location, std::move(look));
    doubtful = std::move(look);
  }
  return {.state = LiveState::unstable,
          .reason = "it kept changing: no state of it was seen often enough in " + std::to_string(doubt.looks) + " looks",
          .entries = {},
          .vector = vector};
}

}  // namespace podprobe::core
