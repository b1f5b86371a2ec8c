#include "tasks/read_command_line.h"

namespace podprobe::tasks {

namespace {

constexpr std::size_t largest_command_line = 2 << 20;

}  // namespace

core::SecretBytes read_command_line(const sys::Process& process) {
  auto text = process.read<core::SecretBytes>("cmdline", largest_command_line + 1, sys::End::at_empty_read);
  if (text.size() > largest_command_line) throw sys::Error(E2BIG, "read", process.path("cmdline"), "its command line is longer than 2 MiB");
  return text;
}

}  // namespace podprobe::tasks
