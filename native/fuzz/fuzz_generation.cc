#include "core/generation.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using core::KeyChange;
using podprobe::fuzz::Input;
using podprobe::fuzz::require;

namespace {

/// Records of {u8 size, name, u8 length, u8 hash}, in the order of the names, each name once.
std::vector<core::KeyDigest> keys_of(Input input) {
  std::map<std::string, core::KeyDigest> keys;
  while (!input.empty()) {
    const auto bytes = input.take(input.number<std::uint8_t>());
    const std::string name(bytes.begin(), bytes.end());
    const auto length = input.number<std::uint8_t>(), hash = input.number<std::uint8_t>();
    keys.try_emplace(name, core::KeyDigest{name, length, hash});
  }
  std::vector<core::KeyDigest> sorted;
  for (const auto& [name, key] : keys) sorted.push_back(key);
  return sorted;
}

std::vector<std::string> added_names(const core::GenerationChanges& changes, const std::vector<core::KeyDigest>& after) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < after.size(); ++i)
    if (changes.keys[i] == KeyChange::added) names.push_back(after[i].name);
  return names;
}

}  // namespace

/// A u8 that says how many bytes are the keys before, these, and the keys after; all of it is the target of a link, too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input({data, size});
  if (core::is_generation_name(Input({data, size}).text())) require(std::find(data, data + size, '/') == data + size);
  const auto before = keys_of(Input(input.take(input.number<std::uint8_t>())));
  const auto after = keys_of(Input(input.rest()));
  const auto there = core::compare_generations(before, after), back = core::compare_generations(after, before);
  require(there.keys.size() == after.size() && back.keys.size() == before.size());
  require(there.any() == back.any());
  // what comes going there goes coming back
  require(added_names(there, after) == back.removed && added_names(back, before) == there.removed);
  require(std::count(there.keys.begin(), there.keys.end(), KeyChange::changed) ==
          std::count(back.keys.begin(), back.keys.end(), KeyChange::changed));
  require(!core::compare_generations(after, after).any());
  return 0;
}
