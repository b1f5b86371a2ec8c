#include "core/initial_environ.h"
#include "core/variable_names.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  podprobe::fuzz::Input input({data, size});
  core::InitialArea area{.start = input.number<std::uint64_t>(), .end = input.number<std::uint64_t>()};
  area.arg_end = input.number<std::uint64_t>();
  area.start_stack = input.number<std::uint64_t>();
  area.execfn = input.number<std::uint64_t>();
  area.vector_known = (input.number<std::uint8_t>() & 1) != 0;
  for (auto count = input.number<std::uint8_t>() % 16; count > 0; --count) area.vector.push_back(input.number<std::uint64_t>());
  const core::Limits limits{.entries = 100, .string = 4096, .total = 65'536};
  const auto bytes = input.rest();
  const core::InitialEnviron initial = core::judge_initial_environ(bytes, area, limits);

  podprobe::fuzz::check_entries(initial.entries);
  require(initial.entries.size() <= limits.entries);
  const bool without_reason = initial.state == core::InitialState::intact || initial.state == core::InitialState::empty;
  require(initial.reason.empty() == without_reason);
  if (initial.state == core::InitialState::intact) require(!bytes.empty() && bytes.size() >= area.end - area.start);
  // the entries are the bytes, with an end for the last one
  const auto& block = initial.entries.block;
  if (!initial.entries.truncated) require(block.size() == bytes.size() + (bytes.empty() || bytes.back() == 0 ? 0 : 1));
  const std::size_t common = std::min(block.size(), bytes.size());
  require(std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(common), block.begin()));
  for (std::size_t i = 0; i < initial.entries.size(); ++i) {
    require(initial.entries.addresses[i] == area.start + initial.entries.offsets[i]);
    require(initial.entries.at(i).find('\0') == std::string_view::npos);
  }
  const std::string names = core::names_of(initial.entries, 64);
  require(names.size() <= block.size());
  require(static_cast<std::size_t>(std::count(names.begin(), names.end(), '\0')) <= initial.entries.size());
  return 0;
}
