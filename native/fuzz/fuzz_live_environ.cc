#include "core/live_environ.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

namespace {

class CountingPacer final : public core::Pacer {
 public:
  explicit CountingPacer(unsigned patience) : patience_(patience) {}
  unsigned pauses = 0;

  bool pause(unsigned attempt) override {
    require(attempt >= 1 && attempt <= 128);
    ++pauses;
    return pauses <= patience_;
  }

 private:
  unsigned patience_;
};

void check(const core::LiveEnviron& live, const core::Limits& limits) {
  podprobe::fuzz::check_entries(live.entries);
  require((live.state == core::LiveState::ok) == live.reason.empty());
  require(live.entries.block.size() <= limits.total);
  if (live.state != core::LiveState::ok) return;
  require(!live.entries.truncated);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  podprobe::fuzz::Input input({data, size});
  const auto flags = input.number<std::uint8_t>();
  core::Location location{.variable = input.number<std::uint64_t>()};
  location.word = podprobe::fuzz::word_of(flags);
  location.layout = (flags & 2) != 0 ? core::Layout::go_slice : core::Layout::c_vector;
  if ((flags & 8) != 0) location.runtime = "glibc";
  CountingPacer pacer((flags & 4) != 0 ? input.number<std::uint8_t>() : 1000U);
  const core::Limits limits = podprobe::fuzz::limits_of(input);
  podprobe::fuzz::Memories memories(input, true);

  const core::LiveEnviron live = core::read_live_environ(memories.memory, location, limits, pacer);
  check(live, limits);
  require(pacer.pauses <= 128);

  // no record changes it any more: the answer is what stands there
  while (memories.memory.reads <= 255) core::read_value<char>(memories.memory, 0);
  CountingPacer patient(1000);
  const core::LiveEnviron second = core::read_live_environ(memories.memory, location, limits, patient);
  check(second, limits);
  const core::Snapshot now = core::read_snapshot(memories.memory, location.variable, location.layout, location.word, limits);
  if (second.state == core::LiveState::ok) require(now.fault.empty() && second.entries == now.entries && second.vector == now.vector);
  if (second.state == core::LiveState::unstable) require(second.reason.starts_with("the vector lists one string twice"));
  if (second.state == core::LiveState::unknown) require(!now.fault.empty() || now.entries.truncated);
  return 0;
}
