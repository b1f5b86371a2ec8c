#include "core/initial_environ.h"

#include <algorithm>
#include <string>

#include "core/hex.h"

namespace podprobe::core {

namespace {

Entries split(std::span<const std::uint8_t> bytes, std::uint64_t address, const Limits& limits) {
  Entries entries;
  entries.block.reserve(bytes.size() + 1);
  while (!bytes.empty()) {
    if (entries.size() >= limits.entries) {
      entries.truncated = true;
      break;
    }
    const std::size_t length = length_of_string(bytes);
    entries.append(address, bytes.first(length));
    const std::size_t step = std::min(length + 1, bytes.size());
    address += step;
    bytes = bytes.subspan(step);
  }
  return entries;
}

std::string relocation(const InitialArea& area) {
  if (area.start <= area.start_stack) return "env_start " + hex(area.start) + " is not behind the stack's vectors";
  if (area.execfn != 0 && area.end != area.execfn) {
    return "env_end " + hex(area.end) + " is not where the variables end (" + hex(area.execfn) + ")";
  }
  const bool first = area.vector_known && !area.vector.empty() && area.vector.front() == area.start;
  if (area.vector_known && area.arg_end != area.start && !first) {
    return "env_start " + hex(area.start) + " is neither the end of the arguments nor the first variable";
  }
  return {};
}

/// Every pointer of the kernel's vector is the start of the entry with its number.
bool vector_matches(const Entries& entries, const std::vector<std::uint64_t>& vector) { return entries.addresses == vector; }

std::string overwriting(std::span<const std::uint8_t> bytes, const Entries& entries) {
  if (bytes.back() != 0) return "its last string has no end";
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!well_formed(entries.at(i))) return "string " + std::to_string(i + 1) + " is not NAME=value";
  }
  return {};
}

}  // namespace

InitialEnviron judge_initial_environ(std::span<const std::uint8_t> bytes, const InitialArea& area, const Limits& limits) {
  InitialEnviron initial{.state = InitialState::intact, .reason = {}, .entries = split(bytes, area.start, limits)};
  if (std::string moved = relocation(area); !moved.empty()) {
    initial.state = InitialState::relocated;
    initial.reason = std::move(moved);
  } else if (area.start == area.end) {
    initial.state = InitialState::empty;
  } else if (bytes.empty()) {
    initial.state = InitialState::unreadable;
    initial.reason = "the kernel gave no bytes of an area of " + std::to_string(area.end - area.start);
  } else if (area.vector_known && bytes.back() == 0 && vector_matches(initial.entries, area.vector)) {
    initial.state = InitialState::intact;
  } else if (std::string written = overwriting(bytes, initial.entries); !written.empty()) {
    initial.state = InitialState::overwritten;
    initial.reason = std::move(written);
  }
  if (bytes.size() < area.end - area.start && initial.state == InitialState::intact) {
    initial.state = InitialState::unreadable;
    initial.reason = "the kernel gave " + std::to_string(bytes.size()) + " bytes of an area of " + std::to_string(area.end - area.start);
  }
  return initial;
}

}  // namespace podprobe::core
