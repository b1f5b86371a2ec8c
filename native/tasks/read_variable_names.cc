#include "tasks/read_variable_names.h"

#include <fcntl.h>

#include "core/initial_environ.h"
#include "core/stat.h"
#include "sys/fd.h"

namespace podprobe::tasks {

namespace {

constexpr std::size_t largest_proc_file = 64 << 10;
constexpr std::size_t longest_name = 256;

core::SecretBytes read_environ(const sys::Fd& process) {
  return sys::read_whole<core::SecretBytes>(sys::open_at(process, "environ", O_RDONLY, "environ"), largest_proc_file,
                                            sys::End::at_short_read, "environ");
}

std::optional<core::Stat> read_stat(const sys::Fd& process) {
  return core::parse_stat(sys::read_whole<std::string>(sys::open_at(process, "stat", O_RDONLY, "stat"), largest_proc_file,
                                                       sys::End::at_short_read, "stat"));
}

bool is_clear(core::InitialState state) {
  return state != core::InitialState::overwritten && state != core::InitialState::unreadable;
}

void add_names(core::VariableNames& table, const sys::Fd& process) {
  const core::SecretBytes bytes = read_environ(process);
  const auto stat = read_stat(process);
  if (!stat || stat->zombie() || stat->kernel_thread() || bytes.size() == largest_proc_file) return table.add_unclear();
  const core::InitialArea area{
      .start = stat->env_start, .end = stat->env_end, .arg_end = stat->arg_end, .start_stack = stat->start_stack};
  const core::InitialEnviron initial = core::judge_initial_environ(bytes, area, {});
  if (!is_clear(initial.state) || initial.entries.truncated) return table.add_unclear();
  table.add(stat->start_time, core::names_of(initial.entries, longest_name));
}

}  // namespace

core::VariableNames read_variable_names(std::span<const int> pids, const Allowance& allowance) {
  core::VariableNames table;
  for (const int pid : pids) {
    if (!allowance.left()) throw allowance.timed_out();
    const std::string path = "/proc/" + std::to_string(pid);
    try {
      add_names(table, sys::open_path(path, O_PATH | O_DIRECTORY));
    } catch (const sys::Error&) {
      table.add_unclear();
    }
  }
  return table;
}

}  // namespace podprobe::tasks
