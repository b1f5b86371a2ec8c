#include "core/id_map.h"

#include <string>

#include "test/check.h"

using podprobe::core::id_inside;
using podprobe::core::parse_id_map;

TEST("translates an id that the namespace knows, at both ends of its range") {
  const auto map = parse_id_map("         0     100000      65536\n     65536       1000          1\n");
  CHECK_EQUAL(map->size(), 2U);
  CHECK_EQUAL(id_inside(*map, 100'000), 0U);
  CHECK_EQUAL(id_inside(*map, 165'535), 65'535U);
  CHECK_EQUAL(id_inside(*map, 1000), 65'536U);
}

TEST("knows no other ids") {
  const auto map = parse_id_map("0 100000 65536\n");
  for (const std::uint32_t id : {0U, 99'999U, 165'536U, 0xffff'ffffU}) CHECK(!id_inside(*map, id));
}

TEST("the map of the first user namespace changes nothing") {
  const auto map = parse_id_map("         0          0 4294967295\n");
  for (const std::uint32_t id : {0U, 1000U, 0xffff'fffeU}) CHECK_EQUAL(id_inside(*map, id), id);
}

TEST("an empty map knows no id") { CHECK(!id_inside(*parse_id_map(""), 0)); }

TEST("is nothing when a line is not as it must be") {
  for (const char* const text : {"0 1\n", "0 1 2 3\n", "a 1 2\n", "-1 1 2\n", "0 4294967296 1\n", "\n"}) CHECK(!parse_id_map(text));
  std::string many;
  for (int i = 0; i < 341; ++i) many += "0 0 1\n";
  CHECK(!parse_id_map(many));
}
