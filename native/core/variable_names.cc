#include "core/variable_names.h"

namespace podprobe::core {

std::string names_of(const Entries& entries, std::size_t longest) {
  std::string names;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string_view entry = entries.at(i);
    const std::size_t length = entry.find('=');
    if (length > longest) continue;
    names += entry.substr(0, length);
    names += '\0';
  }
  return names;
}

void VariableNames::add(std::uint64_t start_time, std::string_view text) {
  auto known = numbers_.find(text);
  if (known == numbers_.end()) {
    known = numbers_.emplace(text, static_cast<std::uint32_t>(ends.size())).first;
    names += text;
    ends.push_back(static_cast<std::uint32_t>(names.size()));
  }
  words.insert(words.end(),
               {static_cast<std::uint32_t>(start_time), static_cast<std::uint32_t>(start_time >> 32), known->second});
}

void VariableNames::add_unclear() { words.insert(words.end(), {0, 0, unclear}); }

}  // namespace podprobe::core
