#include "core/id_map.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  podprobe::fuzz::Input input({data, size});
  const auto id = input.number<std::uint32_t>();
  const auto map = core::parse_id_map(input.text());
  if (!map) return 0;
  require(map->size() <= 340);
  const auto inside = core::id_inside(*map, id);
  bool known = false;
  for (const core::IdRange& range : *map) known = known || (id >= range.outside && id - range.outside < range.count);
  require(inside.has_value() == known);
  return 0;
}
