#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

namespace podprobe::core {

/// Half-open range of addresses.
struct Range {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
};

/// Where a run of bytes stands, and room for it.
struct Piece {
  std::uint64_t address = 0;
  std::span<std::uint8_t> out;
};

/// Bytes by address: the memory of a process, a file by offset, or an array in a test.
class Memory {
 public:
  virtual ~Memory() = default;

  /// Fills `out` from `address` on. Returns how many leading bytes could be read.
  virtual std::size_t read(std::uint64_t address, std::span<std::uint8_t> out) = 0;

  /// Fills all pieces, as close to one moment as it can. False when one of them cannot be read whole.
  virtual bool gather(std::span<const Piece> pieces) {
    for (const Piece& piece : pieces) {
      if (read(piece.address, piece.out) != piece.out.size()) return false;
    }
    return true;
  }

  /// The parts of `range` that can be read without bringing a page in.
  virtual std::vector<Range> present(Range range) { return {range}; }
};

inline constexpr std::uint64_t page_size = 4096;

/// Native little-endian integer of `word` (4 or 8) bytes at the start of `bytes`.
inline std::uint64_t load_word(const std::uint8_t* bytes, unsigned word) {
  if (word == 4) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return value;
  }
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

/// Integer of type T at `offset`, or 0 when `bytes` ends before it does.
template <class T>
T load(std::span<const std::uint8_t> bytes, std::size_t offset) {
  T value{};
  if (offset <= bytes.size() && bytes.size() - offset >= sizeof value) {
    std::memcpy(&value, bytes.data() + offset, sizeof value);
  }
  return value;
}

inline bool read_exact(Memory& memory, std::uint64_t address, std::span<std::uint8_t> out) {
  return memory.read(address, out) == out.size();
}

/// One pointer-sized word of the target.
inline std::optional<std::uint64_t> read_word(Memory& memory, std::uint64_t address, unsigned word) {
  std::array<std::uint8_t, 8> bytes{};
  if (!read_exact(memory, address, std::span(bytes).first(word))) return std::nullopt;
  return load_word(bytes.data(), word);
}

/// One integer of type T of the target.
template <class T>
std::optional<T> read_value(Memory& memory, std::uint64_t address) {
  std::array<std::uint8_t, sizeof(T)> bytes{};
  if (!read_exact(memory, address, bytes)) return std::nullopt;
  return load<T>(bytes, 0);
}

}  // namespace podprobe::core
