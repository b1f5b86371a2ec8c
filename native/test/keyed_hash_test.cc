#include "core/keyed_hash.h"

#include <array>
#include <numeric>
#include <vector>

#include "test/check.h"

using podprobe::core::KeyedHash;

namespace {

std::array<std::uint8_t, 16> key_from(std::uint8_t first) {
  std::array<std::uint8_t, 16> key{};
  std::iota(key.begin(), key.end(), first);
  return key;
}

std::vector<std::uint8_t> bytes_to(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  return bytes;
}

}  // namespace

TEST("is SipHash-2-4: the vectors of its authors") {
  const auto key = key_from(0);
  const KeyedHash hash{std::span<const std::uint8_t, 16>(key)};
  CHECK_EQUAL(hash(bytes_to(0)), 0x726fdb47dd0e0e31U);
  CHECK_EQUAL(hash(bytes_to(1)), 0x74f839c593dc67fdU);
  CHECK_EQUAL(hash(bytes_to(7)), 0xab0200f58b01d137U);
  CHECK_EQUAL(hash(bytes_to(8)), 0x93f5f5799a932462U);
  CHECK_EQUAL(hash(bytes_to(15)), 0xa129ca6149be45e5U);
  CHECK_EQUAL(hash(bytes_to(63)), 0x958a324ceb064572U);
}

TEST("another key, another hash") {
  const auto one = key_from(0);
  const auto two = key_from(1);
  const auto bytes = bytes_to(20);
  CHECK(KeyedHash(std::span<const std::uint8_t, 16>(one))(bytes) != KeyedHash(std::span<const std::uint8_t, 16>(two))(bytes));
}
