#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sys/process.h"
#include "sys/spawn.h"
#include "tasks/pacing.h"

namespace podprobe::tasks {

struct TerminalSize {
  std::uint16_t columns = 0;
  std::uint16_t rows = 0;
};

/// What is to be run, and how.
struct ExecRequest {
  std::vector<std::string> arguments;
  /// `NAME=value`: as the container, they come on top of its own and replace those of the same name; else they are all.
  std::vector<std::string> variables;
  std::optional<std::string> cwd;
  bool as_container = true;
  std::uint32_t namespaces = 0;  ///< bits of nsexec/protocol.h
  std::optional<TerminalSize> terminal;
  std::array<bool, 3> piped{true, true, true};  ///< else /dev/null
  std::string binary;                           ///< a program of ours to be run in place of the first argument; may be empty
};

/// A command that runs. When it goes out of scope, so does the command.
class RunningCommand {
 public:
  RunningCommand(sys::Child helper, sys::Fd control) : helper_(std::move(helper)), control_(std::move(control)) {}
  RunningCommand(RunningCommand&&) noexcept = default;
  RunningCommand& operator=(RunningCommand&&) noexcept = default;
  ~RunningCommand();

  int pid = 0;                      ///< as this process counts
  std::array<sys::Fd, 3> streams;   ///< our ends of its 0, 1 and 2; none where there is no pipe
  const sys::Fd& control() const { return control_; }

 private:
  sys::Child helper_;
  sys::Fd control_;
};

/// The helper program, copied into memory when it is first needed.
class Helper {
 public:
  explicit Helper(std::string path) : path_(std::move(path)) {}

  /// Errors: those of sys::sealed_program.
  const sys::Fd& program();

 private:
  std::string path_;
  std::mutex mutex_;
  sys::Fd program_;
};

/// Starts a command in the namespaces of a process, and gives it when it runs.
///
/// Errors: ESRCH; those of read_container; those of step_error; ETIMEDOUT.
RunningCommand start_command(const sys::Process& process, Helper& helper, const ExecRequest& request, const Allowance& allowance);

}  // namespace podprobe::tasks
