#include "core/secret_bytes.h"

#include <array>

#include "test/check.h"

using podprobe::core::SecretBytes;

namespace {

SecretBytes bytes_of(std::string_view text) {
  return SecretBytes(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

std::string_view text_of(const SecretBytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

TEST("holds what was appended, however it grows") {
  SecretBytes bytes;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string part(static_cast<std::size_t>(i % 7), static_cast<char>('a' + i % 26));
    bytes.append(bytes_of(part));
    bytes.push_back('.');
    expected += part + '.';
  }
  CHECK_EQUAL(text_of(bytes), expected);
}

TEST("nothing is empty, and may be appended to itself") {
  SecretBytes bytes;
  CHECK(bytes.empty() && bytes.size() == 0 && bytes.begin() == bytes.end());
  bytes.append({});
  CHECK(bytes == SecretBytes());
  CHECK(SecretBytes(0) == bytes);
}

TEST("a copy is independent, a move leaves nothing behind") {
  SecretBytes one = bytes_of("secret");
  SecretBytes copy = one;
  copy.data()[0] = 'S';
  CHECK_EQUAL(text_of(one), "secret");
  SecretBytes moved = std::move(one);
  CHECK_EQUAL(text_of(moved), "secret");
  CHECK(one.empty());
  one = copy;
  CHECK_EQUAL(text_of(one), "Secret");
}

TEST("shrinking and growing keeps the front") {
  SecretBytes bytes = bytes_of("secret");
  bytes.resize(3);
  CHECK_EQUAL(text_of(bytes), "sec");
  bytes.reserve(100'000);
  bytes.resize(50'000);
  CHECK_EQUAL(text_of(bytes).substr(0, 3), "sec");
}

TEST("equal when the bytes are") {
  CHECK(bytes_of("abc") == bytes_of("abc"));
  CHECK(!(bytes_of("abc") == bytes_of("abd")));
  CHECK(!(bytes_of("abc") == bytes_of("ab")));
}
