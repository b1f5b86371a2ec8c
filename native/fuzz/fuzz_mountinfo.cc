#include "core/mountinfo.h"

#include "fuzz/input.h"

namespace core = podprobe::core;
using podprobe::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  podprobe::fuzz::Input input({data, size});
  core::MountKey key{.mount_id = input.number<std::uint16_t>(), .major = input.number<std::uint8_t>(), .minor = input.number<std::uint16_t>()};
  const std::string text(input.text());
  const std::string type = core::file_system_of(text, key);
  require(type.find_first_of(" \n") == std::string::npos);
  require(text.find(" - " + type) != std::string::npos || type.empty());
  core::answers_locally(type);
  // what stands in front of a mount, or behind it, does not change the answer
  key.mount_id = 1'000'000;
  const std::string line = "1000000 1 0:7 / /a\\040-\\040b rw shared:1 - tmpfs  rw\n";
  require(core::file_system_of(line + text, key) == "tmpfs");
  const std::string before = text.empty() || text.back() == '\n' ? text : text + '\n';
  if (before.find("1000000") == std::string::npos) require(core::file_system_of(before + line, key) == "tmpfs");
  return 0;
}
