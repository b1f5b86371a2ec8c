#include "core/keyed_hash.h"

#include <bit>
#include <cstring>

namespace podprobe::core {

namespace {

static_assert(std::endian::native == std::endian::little, "words are read as they stand");

std::uint64_t word_at(const std::uint8_t* bytes, std::size_t size = 8) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, size);
  return word;
}

struct State {
  std::uint64_t a, b, c, d;

  void rounds(int count) {
    for (int i = 0; i < count; ++i) {
      a += b;
      b = std::rotl(b, 13) ^ a;
      a = std::rotl(a, 32);
      c += d;
      d = std::rotl(d, 16) ^ c;
      a += d;
      d = std::rotl(d, 21) ^ a;
      c += b;
      b = std::rotl(b, 17) ^ c;
      c = std::rotl(c, 32);
    }
  }

  void take(std::uint64_t word) {
    d ^= word;
    rounds(2);
    a ^= word;
  }
};

}  // namespace

KeyedHash::KeyedHash(std::span<const std::uint8_t, 16> key) : low_(word_at(key.data())), high_(word_at(key.data() + 8)) {}

std::uint64_t KeyedHash::operator()(std::span<const std::uint8_t> bytes) const {
  State state{low_ ^ 0x736f6d6570736575, high_ ^ 0x646f72616e646f6d, low_ ^ 0x6c7967656e657261, high_ ^ 0x7465646279746573};
  const std::uint64_t length = bytes.size();
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) state.take(word_at(bytes.data()));
  state.take(length << 56 | (bytes.empty() ? 0 : word_at(bytes.data(), bytes.size())));
  state.c ^= 0xff;
  state.rounds(4);
  return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace podprobe::core
