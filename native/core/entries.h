#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/memory.h"
#include "core/secret_bytes.h"

namespace podprobe::core {

/// An environment: strings in order, duplicates and all, as one block of bytes.
///
/// Shape: entry i is `block[offsets[i], offsets[i + 1] - 1)`, each followed by one NUL; `offsets` has one more element
/// than there are entries. `addresses[i]` is where the string stands in the target.
struct Entries {
  SecretBytes block;
  std::vector<std::uint32_t> offsets{0};
  std::vector<std::uint64_t> addresses;
  bool truncated = false;  ///< a limit cut the list or one of its strings

  std::size_t size() const { return addresses.size(); }
  std::string_view at(std::size_t i) const {
    return {reinterpret_cast<const char*>(block.data()) + offsets[i], std::size_t{offsets[i + 1]} - offsets[i] - 1};
  }
  void append(std::uint64_t address, std::span<const std::uint8_t> bytes) {
    block.append(bytes);
    block.push_back(0);
    offsets.push_back(static_cast<std::uint32_t>(block.size()));
    addresses.push_back(address);
  }
  bool operator==(const Entries&) const = default;
};

/// Where the first NUL of `bytes` is; its size when there is none.
inline std::size_t length_of_string(std::span<const std::uint8_t> bytes) {
  const void* const end = bytes.empty() ? nullptr : std::memchr(bytes.data(), 0, bytes.size());
  return end ? static_cast<std::size_t>(static_cast<const std::uint8_t*>(end) - bytes.data()) : bytes.size();
}

/// What getenv(3) would take for an entry: `NAME=value` with a name.
inline bool well_formed(std::string_view entry) {
  const std::size_t equals = entry.find('=');
  return equals != std::string_view::npos && equals != 0;
}

/// Bounds on what is taken from a target, so that 200 pointers to one string of 256 MB cost little.
struct Limits {
  std::size_t entries = 65'536;
  std::size_t string = 1 << 20;
  std::size_t total = 8 << 20;
};

/// A string of the target: NUL-terminated when `length` is `unterminated`, else of that many bytes.
struct StringReference {
  static constexpr std::uint64_t unterminated = ~0ULL;
  std::uint64_t address = 0;
  std::uint64_t length = unterminated;
};

/// A run of the target's bytes as they were read.
struct Extent {
  std::uint64_t address = 0;
  SecretBytes bytes;
};

/// Reads all strings in the order given, each page of the target once. `unreadable` counts the strings that could not
/// be read to their end; they are left out. `extents` are the runs of memory that hold the strings.
struct StringsRead {
  Entries entries;
  std::vector<Extent> extents;
  std::size_t unreadable = 0;
  std::uint64_t first_unreadable = 0;
};
StringsRead read_strings(Memory& memory, std::span<const StringReference> references, const Limits& limits);

}  // namespace podprobe::core
