#include "core/credentials.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  podprobe::fuzz::Input input({data, size});
  const std::string text(input.text());
  const auto found = core::parse_credentials(text);
  if (!found) return 0;
  require(found->groups.size() <= 65536 && found->umask <= 0777);
  // the first line of a name counts: what follows the text changes nothing
  const auto again = core::parse_credentials(text + "\nUid:\t1\t2\t3\t4\nUmask:\t0001\n");
  require(again && again->uids == found->uids && again->umask == found->umask);
  return 0;
}
