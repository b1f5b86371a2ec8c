#include "core/go.h"

#include "fuzz/program.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  podprobe::fuzz::Input input({data, size});
  const core::Image image = podprobe::fuzz::image_of(input);
  const auto initial_address = input.number<std::uint64_t>();
  const auto initial_size = input.number<std::uint16_t>();
  podprobe::fuzz::Memories memories(input);
  const core::Entries initial = podprobe::fuzz::initial_at(memories.memory, initial_address, initial_size);

  core::is_go(memories.memory, image);
  const core::Located located = core::scan_for_go(memories.memory, image, initial);
  require(memories.memory.reads <= 1000 + 200 * size);
  const auto* const location = std::get_if<core::Location>(&located);
  if (!location) {
    require(!std::get<core::NotLocated>(located).reason.empty());
    return 0;
  }
  require(image.holds(location->variable, true) && location->variable % image.word == 0);
  require(location->layout == core::Layout::go_slice);
  return 0;
}
