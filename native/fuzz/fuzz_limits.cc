#include "core/limits.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  podprobe::fuzz::Input input({data, size});
  const std::string text(input.text());
  const auto limits = core::parse_limits(text);
  // what follows changes nothing
  if (limits) require(core::parse_limits(text + "\nMax more 1 2\n") == limits);
  return 0;
}
