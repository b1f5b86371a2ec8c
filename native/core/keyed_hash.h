#pragma once

#include <cstdint>
#include <span>

namespace podprobe::core {

/// Tells equal bytes from others without keeping them: who does not know the key can neither guess from a hash what was
/// hashed nor make two byte strings meet.
///
/// Source: SipHash-2-4, Aumasson and Bernstein, 2012.
class KeyedHash {
 public:
  /// `key`: 16 bytes that nobody else knows.
  explicit KeyedHash(std::span<const std::uint8_t, 16> key);

  std::uint64_t operator()(std::span<const std::uint8_t> bytes) const;

 private:
  std::uint64_t low_;
  std::uint64_t high_;
};

}  // namespace podprobe::core
