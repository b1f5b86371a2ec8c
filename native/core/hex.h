#pragma once

#include <charconv>
#include <cstdint>
#include <string>

namespace podprobe::core {

/// An address as people read it: `0x7ffd5c3f1b28`.
inline std::string hex(std::uint64_t value) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, 16).ptr;
  return "0x" + std::string(digits, end);
}

}  // namespace podprobe::core
