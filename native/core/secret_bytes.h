#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

namespace podprobe::core {

/// Bytes that may hold secret values: overwritten before their memory is given back, also when it grows.
///
/// A vector of its own, because std::vector with an allocator that zeroes handles bytes one at a time.
class SecretBytes {
 public:
  SecretBytes() = default;
  /// `size` bytes of unspecified content, to be read into.
  explicit SecretBytes(std::size_t size) { resize(size); }
  explicit SecretBytes(std::span<const std::uint8_t> bytes) { append(bytes); }
  SecretBytes(const SecretBytes& other) : SecretBytes(std::span(other)) {}
  SecretBytes(SecretBytes&& other) noexcept { swap(other); }
  SecretBytes& operator=(SecretBytes other) noexcept {
    swap(other);
    return *this;
  }
  ~SecretBytes() { wipe(); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::uint8_t* data() { return memory_.get(); }
  const std::uint8_t* data() const { return memory_.get(); }
  std::uint8_t* begin() { return data(); }
  std::uint8_t* end() { return data() + size_; }
  const std::uint8_t* begin() const { return data(); }
  const std::uint8_t* end() const { return data() + size_; }

  void reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    SecretBytes larger;
    larger.memory_.reset(new std::uint8_t[capacity]);
    larger.capacity_ = capacity;
    larger.size_ = size_;
    if (size_ != 0) std::memcpy(larger.data(), data(), size_);
    swap(larger);
  }

  /// New bytes have unspecified content.
  void resize(std::size_t size) {
    if (size > capacity_) reserve(std::max(size, capacity_ * 2));
    size_ = size;
  }

  void append(std::span<const std::uint8_t> bytes) {
    const std::size_t before = size_;
    resize(before + bytes.size());
    if (!bytes.empty()) std::memcpy(data() + before, bytes.data(), bytes.size());
  }

  void push_back(std::uint8_t byte) { append({&byte, 1}); }

  bool operator==(const SecretBytes& other) const {
    return size_ == other.size_ && (size_ == 0 || std::memcmp(data(), other.data(), size_) == 0);
  }

 private:
  void swap(SecretBytes& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  void wipe() {
    if (!memory_) return;
    std::memset(memory_.get(), 0, capacity_);
    // the stores must survive although nobody reads them again
    asm volatile("" : : "r"(memory_.get()) : "memory");
  }

  std::unique_ptr<std::uint8_t[]> memory_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace podprobe::core
