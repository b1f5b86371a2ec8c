#include "core/link_map.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  podprobe::fuzz::Input input({data, size});
  const unsigned word = podprobe::fuzz::word_of(input.number<std::uint8_t>());
  const auto r_debug = input.number<std::uint64_t>();
  podprobe::fuzz::Memories memories(input);
  const core::LinkMap map = core::read_link_map(memories.memory, r_debug, word);
  require(map.objects.size() <= 4096);
  for (const core::LoadedObject& object : map.objects) {
    require(object.name.size() <= 512 && object.name.find('\0') == std::string::npos);
  }
  require(memories.memory.reads <= 3 + 3 * (map.objects.size() + 1));
  return 0;
}
