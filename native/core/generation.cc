#include "core/generation.h"

#include <algorithm>

namespace podprobe::core {

bool is_generation_name(std::string_view target) {
  return !target.empty() && target != "." && target != ".." && target != generation_link &&
         target.find('/') == std::string_view::npos;
}

bool GenerationChanges::any() const {
  return !removed.empty() || std::any_of(keys.begin(), keys.end(), [](KeyChange key) { return key != KeyChange::none; });
}

GenerationChanges compare_generations(std::span<const KeyDigest> before, std::span<const KeyDigest> after) {
  GenerationChanges changes;
  changes.keys.reserve(after.size());
  auto old = before.begin();
  for (const KeyDigest& key : after) {
    for (; old != before.end() && old->name < key.name; ++old) changes.removed.push_back(old->name);
    if (old == before.end() || old->name != key.name) {
      changes.keys.push_back(KeyChange::added);
    } else {
      changes.keys.push_back(old->same_value(key) ? KeyChange::none : KeyChange::changed);
      ++old;
    }
  }
  for (; old != before.end(); ++old) changes.removed.push_back(old->name);
  return changes;
}

}  // namespace podprobe::core
