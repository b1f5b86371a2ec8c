#include "sys/directory.h"

#include <dirent.h>
#include <unistd.h>

#include <array>
#include <string_view>

namespace podprobe::sys {

void for_each_entry(const Fd& directory, const std::string& shown, const std::function<bool(const char* name, unsigned char type)>& each) {
  for_each_entry([&](std::span<std::uint8_t> out) { return getdents64(directory.get(), out.data(), out.size()); }, shown, each);
}

void for_each_entry(const std::function<std::ptrdiff_t(std::span<std::uint8_t>)>& next, const std::string& shown,
                    const std::function<bool(const char* name, unsigned char type)>& each) {
  alignas(dirent64) std::array<std::uint8_t, 32768> buffer;
  for (;;) {
    const auto size = next(buffer);
    if (size < 0) throw Error(errno, "getdents64", shown);
    if (size == 0) return;
    for (ssize_t at = 0; at < size;) {
      const auto* const entry = reinterpret_cast<const dirent64*>(buffer.data() + at);
      at += entry->d_reclen;
      const std::string_view name = entry->d_name;
      if (name != "." && name != ".." && !each(entry->d_name, entry->d_type)) return;
    }
  }
}

std::optional<std::string> find_link(const Fd& directory, const char* name) {
  std::array<char, 4096> target;
  const auto size = readlinkat(directory.get(), name, target.data(), target.size());
  if (size < 0) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(size));
}

std::string read_link(const Fd& directory, const char* name, const std::string& shown) {
  if (auto target = find_link(directory, name)) return *std::move(target);
  throw Error(errno == ENOENT && *name == 0 ? EINVAL : errno, "readlink", shown);
}

}  // namespace podprobe::sys
