#pragma once

#include <string>
#include <variant>

#include "core/environ_vector.h"

namespace podprobe::core {

/// Where the live environment of a program starts from.
struct Location {
  std::uint64_t variable = 0;  ///< address of `__environ`, or of Go's slice header
  Layout layout = Layout::c_vector;
  unsigned word = 8;
  /// How it was found: `dynsym`, `symtab`, `scan`, `go-symtab` or `go-scan`.
  std::string locator{};
  /// Whose variable it is: `glibc`, `musl`, `libc` (one that is not recognised) or `go`.
  std::string runtime{};
  /// In what the program's own view can differ from libc's; empty where it does not.
  std::string caveat{};
};

/// Why there is no location.
struct NotLocated {
  enum class Why : std::uint8_t {
    not_found,   ///< all that was looked at could be read
    unreadable,  ///< something could not be read
    ambiguous,   ///< more than one candidate
  };
  Why why = Why::not_found;
  std::string reason;
  std::string runtime{};
};

using Located = std::variant<Location, NotLocated>;

}  // namespace podprobe::core
