#include "core/dynamic_symbols.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  podprobe::fuzz::Input input({data, size});
  const unsigned word = podprobe::fuzz::word_of(input.number<std::uint8_t>());
  const core::LoadedObject object{.base = input.number<std::uint64_t>(), .dynamic = input.number<std::uint64_t>(), .name = {}};
  podprobe::fuzz::Memories memories(input);
  core::DynamicSymbols symbols(memories.memory, object, word);
  for (const std::string_view name : {"__environ", "environ", ""}) {
    memories.memory.reads = 0;
    const bool defined = symbols.defines(name);
    const auto variable = symbols.find_variable(name);
    require(!variable || (defined && *variable % word == 0));
    require(memories.memory.reads <= 2 * (5 + 3 * 4096));
  }
  return 0;
}
