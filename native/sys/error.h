#pragma once

#include <cerrno>
#include <exception>
#include <string>

namespace podprobe::sys {

/// A system call that failed: made where it happens, raised as it is to JavaScript.
struct Error : std::exception {
  Error(int error_number, std::string call, std::string on = {}, std::string more = {})
      : number(error_number), syscall(std::move(call)), path(std::move(on)), detail(std::move(more)) {}

  int number;  ///< errno, positive
  std::string syscall;
  std::string path;
  std::string detail;  ///< what errno does not say; may be empty

  const char* what() const noexcept override { return syscall.c_str(); }
};

/// Repeats a system call that a signal interrupted.
template <class Call>
auto retry_eintr(Call call) {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

}  // namespace podprobe::sys
