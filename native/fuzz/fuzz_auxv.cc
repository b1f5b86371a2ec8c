#include "core/auxv.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto auxv = core::parse_auxv({data, size});
  if (!auxv) return 0;
  require(auxv->word == 8 || auxv->word == 4);
  const std::uint64_t words[] = {4, auxv->word == 8 ? 56U : 32U, 3, auxv->phdr, 5, auxv->phnum, 7, auxv->base, 31, auxv->execfn, 0, 0};
  std::vector<std::uint8_t> bytes;
  for (const std::uint64_t word : words) {
    for (unsigned i = 0; i < auxv->word; ++i) bytes.push_back(static_cast<std::uint8_t>(word >> (8 * i)));
  }
  require(core::parse_auxv(bytes) == auxv);
  return 0;
}
