#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace podprobe::core {

/// Allocator that overwrites memory before it gives it back, also when a vector grows.
template <class T>
struct ZeroingAllocator {
  using value_type = T;
  ZeroingAllocator() = default;
  template <class U>
  explicit ZeroingAllocator(const ZeroingAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }

  void deallocate(T* memory, std::size_t count) noexcept {
    // volatile: the stores must survive although nobody reads them again
    auto* bytes = reinterpret_cast<volatile std::uint8_t*>(memory);
    for (std::size_t i = 0; i < count * sizeof(T); ++i) bytes[i] = 0;
    std::allocator<T>().deallocate(memory, count);
  }

  template <class U>
  bool operator==(const ZeroingAllocator<U>&) const noexcept {
    return true;
  }
};

/// Bytes that may hold secret values: zeroed when freed.
using SecretBytes = std::vector<std::uint8_t, ZeroingAllocator<std::uint8_t>>;

}  // namespace podprobe::core
