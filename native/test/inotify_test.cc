#include "core/inotify.h"

#include <cstring>
#include <string>

#include "test/check.h"

using podprobe::core::InotifyMask;
using podprobe::core::parse_inotify;

namespace {

/// A record as the kernel writes it: the name is followed by NULs to a multiple of 16.
std::string record(std::int32_t watch, std::uint32_t mask, std::string name) {
  if (!name.empty()) name.resize((name.size() / 16 + 1) * 16);
  const std::uint32_t words[] = {static_cast<std::uint32_t>(watch), mask, 7, static_cast<std::uint32_t>(name.size())};
  return std::string(reinterpret_cast<const char*>(words), sizeof words) + name;
}

auto parse(const std::string& bytes) {
  return parse_inotify({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

}  // namespace

TEST("reads records one behind the other, with and without a name") {
  const std::string bytes = record(1, InotifyMask::moved_to, "..data") + record(2, InotifyMask::ignored, "") +
                            record(3, InotifyMask::moved_to, "0123456789abcde");
  const auto [events, complete] = parse(bytes);
  CHECK(complete);
  CHECK_EQUAL(events.size(), 3U);
  CHECK_EQUAL(events[0].name, "..data");
  CHECK_EQUAL(events[1].watch, 2);
  CHECK_EQUAL(events[1].name, "");
  CHECK_EQUAL(events[2].name, "0123456789abcde");
}

TEST("an overflow has no watch") {
  const std::string bytes = record(-1, InotifyMask::overflow, "");
  const auto [events, complete] = parse(bytes);
  CHECK_EQUAL(events.size(), 1U);
  CHECK_EQUAL(events[0].watch, -1);
  CHECK_EQUAL(events[0].mask, InotifyMask::overflow);
}

TEST("nothing is no record") {
  CHECK(parse("").complete);
  CHECK(parse("").events.empty());
}

TEST("what ends within a record is said") {
  const std::string whole = record(1, InotifyMask::moved_to, "..data");
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    const auto [events, complete] = parse(cut);
    CHECK(!complete);
    CHECK(events.empty());
  }
  const std::string cut = whole + whole.substr(0, 17);
  CHECK_EQUAL(parse(cut).events.size(), 1U);
  CHECK(!parse(cut).complete);
}

TEST("a length beyond the end is believed by nobody") {
  std::string bytes = record(1, InotifyMask::moved_to, "");
  const std::uint32_t length = 0xffffffff;
  std::memcpy(bytes.data() + 12, &length, sizeof length);
  CHECK(parse(bytes).events.empty());
  CHECK(!parse(bytes).complete);
}
