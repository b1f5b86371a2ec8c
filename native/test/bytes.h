#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace podprobe::test {

/// Little-endian bytes, put together field by field.
class Bytes : public std::vector<std::uint8_t> {
 public:
  using vector::vector;

  Bytes& number(std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }
  Bytes& u16(std::uint64_t value) { return number(value, 2); }
  Bytes& u32(std::uint64_t value) { return number(value, 4); }
  Bytes& u64(std::uint64_t value) { return number(value, 8); }
  Bytes& words(std::initializer_list<std::uint64_t> values, unsigned word = 8) {
    for (const std::uint64_t value : values) number(value, word);
    return *this;
  }
  Bytes& text(std::string_view text) {
    insert(end(), text.begin(), text.end());
    return *this;
  }
  Bytes& string(std::string_view with_terminator) { return text(with_terminator).number(0, 1); }
  Bytes& append(std::span<const std::uint8_t> bytes) {
    insert(end(), bytes.begin(), bytes.end());
    return *this;
  }
  Bytes& pad_to(std::size_t size) {
    if (this->size() < size) resize(size);
    return *this;
  }
  Bytes& align(std::size_t to) { return pad_to((size() + to - 1) / to * to); }
};

inline std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace podprobe::test
