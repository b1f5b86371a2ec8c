#include "core/runtime.h"

#include <algorithm>
#include <array>

namespace podprobe::core {

namespace {

struct Known {
  std::string_view name;  ///< a base name, or the start of one when it ends in `*`
  std::string_view caveat;
};

constexpr std::string_view own_table =
    "libc view only: this program keeps its variables in a table of its own, and libc's environ does not follow it";
constexpr std::string_view lazy_export =
    "libc view: this shell brings exported variables into environ only when it runs the next external command";
constexpr std::string_view jvm =
    "libc view only: System.getenv() is a copy made at the start of the JVM; environ shows native setenv() calls";
constexpr std::string_view dotnet =
    "libc view only: .NET keeps a copy of the variables once one is changed, and environ does not follow it";
constexpr std::string_view node_workers = "worker threads have a process.env of their own, which is not in environ";
constexpr std::string_view python_copy =
    "os.environ is a copy made at the start: it passes changes on to environ, and does not see those made there";

constexpr std::string_view emulator =
    "the view of the emulator itself: the program it runs keeps its variables in a memory layout of its own";

constexpr std::array programs = {
    Known{"dash", own_table},   Known{"busybox*", own_table}, Known{"ash", own_table},       Known{"mksh*", own_table},
    Known{"lksh", own_table},   Known{"ksh*", own_table},     Known{"posh", own_table},      Known{"yash", own_table},
    Known{"fish", own_table},   Known{"nu", own_table},       Known{"elvish", own_table},    Known{"toybox*", own_table},
    Known{"bun*", own_table},   Known{"beam*", own_table},    Known{"bash*", lazy_export},   Known{"rbash", lazy_export},
    Known{"java", jvm},         Known{"pwsh", dotnet},        Known{"dotnet", dotnet},       Known{"node", node_workers},
    Known{"qemu-*", emulator},  Known{"box64", emulator},     Known{"box86", emulator},      Known{"wine*", emulator},
    Known{"nodejs", node_workers}, Known{"python*", python_copy}, Known{"pypy*", python_copy},
};

constexpr std::array libraries = {
    Known{"libjvm.so", jvm},
    Known{"libcoreclr.so", dotnet},
    Known{"libpython*", python_copy},
    Known{"libnode.so*", node_workers},
};

std::string_view base_name(std::string_view path) {
  constexpr std::string_view deleted = " (deleted)";
  if (path.ends_with(deleted)) path.remove_suffix(deleted.size());
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}

template <std::size_t N>
std::string_view look_up(const std::array<Known, N>& table, std::string_view name) {
  const auto found = std::ranges::find_if(table, [&](const Known& known) { return matches(known.name, name); });
  return found == table.end() ? std::string_view{} : found->caveat;
}

}  // namespace

std::string caveat_for(std::string_view exe, const std::vector<LoadedObject>& objects) {
  for (const LoadedObject& object : objects) {
    const std::string_view caveat = look_up(libraries, base_name(object.name));
    if (!caveat.empty()) return std::string(caveat);
  }
  return std::string(look_up(programs, base_name(exe)));
}

std::string libc_of(std::string_view object_name) {
  const std::string_view name = base_name(object_name);
  if (name.find("musl") != std::string_view::npos) return "musl";
  if (name.starts_with("libc.so.6") || name.starts_with("libc-2.")) return "glibc";
  return "libc";
}

}  // namespace podprobe::core
