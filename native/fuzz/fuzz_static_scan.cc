#include "core/static_scan.h"

#include "fuzz/program.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  podprobe::fuzz::Input input({data, size});
  const core::Image image = podprobe::fuzz::image_of(input);
  const auto start_stack = input.number<std::uint64_t>();
  const auto first_vector = input.number<std::uint64_t>();
  podprobe::fuzz::Memories memories(input);

  const core::Located located = core::scan_static_program({.memory = memories.memory,
                                                           .file = memories.file,
                                                           .image = image,
                                                           .start_stack = start_stack,
                                                           .first_vector = first_vector});
  require(memories.memory.reads <= 1000 + 200 * size);
  const auto* const location = std::get_if<core::Location>(&located);
  if (!location) {
    require(!std::get<core::NotLocated>(located).reason.empty());
    return 0;
  }
  require(image.holds(location->variable, true) && location->variable % image.word == 0);
  require(core::read_word(memories.memory, location->variable, image.word).value_or(0) != 0);
  return 0;
}
