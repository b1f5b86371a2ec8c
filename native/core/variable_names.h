#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/entries.h"

namespace podprobe::core {

/// The names in an environment, in order, each with a NUL behind it; without those that are longer than `longest` bytes, and
/// without what has no name.
std::string names_of(const Entries& entries, std::size_t longest);

/// Names of the variables of many processes, packed: the table crosses to JavaScript as it is.
class VariableNames {
 public:
  static constexpr std::size_t words_each = 3;
  static constexpr std::uint32_t unclear = 0xffff'ffff;

  /// `names` as names_of() gives them.
  void add(std::uint64_t start_time, std::string_view names);
  void add_unclear();

  std::size_t size() const { return words.size() / words_each; }

  /// Of each process: start time (low, high), number of its text in `ends`, or `unclear`.
  std::vector<std::uint32_t> words;
  /// Where each text ends in `names`. Each is there once: children have their parents' variables.
  std::vector<std::uint32_t> ends;
  std::string names;

 private:
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
};

}  // namespace podprobe::core
