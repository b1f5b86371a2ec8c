#pragma once

#include <cstdint>

namespace podprobe::sys {

/// Puts effective capabilities of this thread down for as long as it lives; other threads of the process keep theirs.
///
/// Errors: those of capset(2).
/// Source: capabilities(7): the set is a thread's own, and what is permitted can be made effective again.
class WithoutCapabilities {
 public:
  /// Bit n is capability n.
  explicit WithoutCapabilities(std::uint64_t capabilities);
  ~WithoutCapabilities();
  WithoutCapabilities(const WithoutCapabilities&) = delete;
  WithoutCapabilities& operator=(const WithoutCapabilities&) = delete;

 private:
  std::uint64_t before_;
};

}  // namespace podprobe::sys
