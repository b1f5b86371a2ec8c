#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace podprobe::core {

/// Name of the link in a secret volume that leads to its generation.
inline constexpr const char* generation_link = "..data";

/// Whether the link of a volume leads to a directory beside it, as kubelet's does, and nowhere else.
bool is_generation_name(std::string_view target);

/// A key of a generation, and what is kept of its value.
struct KeyDigest {
  std::string name;  ///< path below the generation
  std::uint64_t length = 0;
  std::uint64_t hash = 0;  ///< by a KeyedHash

  bool same_value(const KeyDigest& other) const { return length == other.length && hash == other.hash; }
};

enum class KeyChange : std::uint8_t { none = 0, added = 1, changed = 2 };

/// What one generation is to the one before.
struct GenerationChanges {
  std::vector<KeyChange> keys;  ///< one for each key of the later one
  std::vector<std::string> removed;

  bool any() const;
};

/// Compares two lists, each in the order of the names.
GenerationChanges compare_generations(std::span<const KeyDigest> before, std::span<const KeyDigest> after);

}  // namespace podprobe::core
