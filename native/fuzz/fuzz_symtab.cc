#include "core/symtab.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array<std::string_view, 4> names = {"__environ", "environ", "syscall.envs", "e"};
  podprobe::fuzz::InputMemory file;
  file.add(0, 0, {data, size});
  const auto found = core::find_in_symtab(file, names);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& [name, symbol] : found) {
    require(std::find(names.begin(), names.end(), name) != names.end());
    require(text.find(name) != std::string_view::npos);
  }
  require(file.reads <= 10 + 2 * (size / 1000 + 2));
  return 0;
}
