#include "core/variable_names.h"

#include "test/check.h"

using podprobe::core::Entries;
using podprobe::core::names_of;
using podprobe::core::VariableNames;

namespace {

Entries entries_of(std::initializer_list<std::string_view> strings) {
  Entries entries;
  for (const std::string_view string : strings) {
    entries.append(0, {reinterpret_cast<const std::uint8_t*>(string.data()), string.size()});
  }
  return entries;
}

}  // namespace

TEST("names are told in order, duplicates and all, each with its end") {
  CHECK(names_of(entries_of({"B=2", "A=x=y", "B="}), 256) == std::string("B\0A\0B\0", 6));
}

TEST("what has no name is left out, and what has too long a one; an empty one is a name") {
  CHECK(names_of(entries_of({"odd", "LONG=1", "=x", "OK=1"}), 3) == std::string("\0OK\0", 4));
  CHECK_EQUAL(names_of({}, 3), "");
}

TEST("equal texts are kept once, and rows lead to them") {
  VariableNames table;
  table.add(0x1'0000'0002, "A");
  table.add_unclear();
  table.add(3, "B");
  table.add(4, "A");
  table.add(5, "");
  const std::vector<std::uint32_t> words = {2, 1, 0, 0, 0, VariableNames::unclear, 3, 0, 1, 4, 0, 0, 5, 0, 2};
  CHECK(table.words == words);
  CHECK(table.ends == (std::vector<std::uint32_t>{1, 2, 2}));
  CHECK_EQUAL(table.names, "AB");
  CHECK_EQUAL(table.size(), 5);
}
