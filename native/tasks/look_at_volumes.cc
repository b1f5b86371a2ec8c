#include "tasks/look_at_volumes.h"

#include <fcntl.h>

#include <algorithm>

#include "sys/directory.h"
#include "sys/openat2.h"

namespace podprobe::tasks {

namespace {

constexpr std::size_t most_keys = 16'384;

std::optional<std::string> generation_of(const sys::Fd& directory, const std::string& shown) {
  try {
    return sys::read_link(directory, "..data", shown);
  } catch (const sys::Error& error) {
    if (error.number != ENOENT && error.number != EINVAL) throw;
    return std::nullopt;
  }
}

std::vector<std::string> keys_of(const sys::Fd& held, const std::string& shown, bool& truncated) {
  std::vector<std::string> keys;
  const sys::Fd directory = sys::reopen(held, O_RDONLY | O_DIRECTORY, shown);
  sys::for_each_entry(directory, shown, [&](const char* name, unsigned char) {
    if (std::string_view(name).starts_with("..")) return true;
    truncated = keys.size() == most_keys;
    if (!truncated) keys.emplace_back(name);
    return !truncated;
  });
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::optional<VolumeContents> look_at(const sys::Fd& root, const VolumeMount& place, Wanted wanted) {
  const sys::Fd held = sys::open_in_root(root, place.path, O_DIRECTORY);
  if (sys::status_of(held, sys::Freshness::cached, place.path).device != place.device) return std::nullopt;
  VolumeContents look;
  look.generation = generation_of(held, place.path);
  if (wanted == Wanted::keys) look.keys = keys_of(held, place.path, look.truncated);
  return look;
}

bool concerns_all(const sys::Error& error) { return error.number == ENOSYS || error.number == EMFILE || error.number == ENFILE; }

}  // namespace

std::vector<std::optional<VolumeContents>> look_at_volumes(const sys::Process& process, const std::vector<VolumeMount>& places,
                                                           Wanted wanted, const Allowance& allowance) {
  const sys::Fd root = process.open_root();
  std::vector<std::optional<VolumeContents>> looks;
  looks.reserve(places.size());
  for (const VolumeMount& place : places) {
    if (!allowance.left()) throw allowance.timed_out();
    try {
      looks.push_back(look_at(root, place, wanted));
    } catch (const sys::Error& error) {
      if (concerns_all(error)) throw;
      looks.emplace_back();
    }
  }
  return looks;
}

}  // namespace podprobe::tasks
