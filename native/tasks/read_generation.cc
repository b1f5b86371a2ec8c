#include "tasks/read_generation.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <numeric>

#include "sys/directory.h"
#include "sys/file_status.h"
#include "sys/openat2.h"

namespace podprobe::tasks {

namespace {

constexpr unsigned deepest = 32;
constexpr std::size_t small_value = 4096;
constexpr std::size_t usual_keys = 8;

struct TooLarge {};

struct Entry {
  std::string name;
  unsigned char type;  ///< DT_*
};

/// The entries of one directory in the order of their names, all before any is opened, since kubelet may be removing it.
struct Entries {
  std::vector<Entry> all;
  bool complete = true;
};

Entries entries_of(const sys::Fd& directory, const std::string& shown, std::size_t most) {
  Entries entries;
  sys::for_each_entry(directory, shown, [&](const char* name, unsigned char type) {
    entries.complete = entries.all.size() < most;
    if (entries.complete) entries.all.push_back({name, type});
    return entries.complete;
  });
  std::ranges::sort(entries.all, {}, &Entry::name);
  return entries;
}

class GenerationReader {
 public:
  GenerationReader(Generation& generation, const core::KeyedHash& hash, const GenerationLimits& limits, const std::string& shown)
      : generation_(generation), hash_(hash), limits_(limits), shown_(shown) {
    generation_.keys.reserve(usual_keys);
    generation_.places.reserve(usual_keys);
    generation_.values.reserve(2 * small_value);
  }

  void read_directory(const sys::Fd& directory, const std::string& prefix, unsigned depth) {
    const Entries entries = entries_of(directory, shown_, limits_.entries - entries_);
    entries_ += entries.all.size();
    if (!entries.complete) cut();
    for (const Entry& entry : entries.all) read_entry(directory, entry, prefix + entry.name, depth);
  }

 private:
  void cut() {
    if (limits_.whole) throw TooLarge();
    generation_.truncated = true;
  }

  /// Not by way of O_PATH and a second open, which would take twice as long: what is opened without waiting for a writer is no
  /// FIFO that could hold us, and who can put a device there by now can open it himself.
  void read_entry(const sys::Fd& directory, const Entry& entry, const std::string& key, unsigned depth) {
    if (entry.type != DT_REG && entry.type != DT_DIR && entry.type != DT_UNKNOWN) return skip();
    const sys::Fd file = open_entry(directory, entry.name);
    if (!file) return skip();
    if (entry.type == DT_REG && read_small_value(file, key)) return;
    const sys::FileStatus status = sys::status_of(file, sys::Freshness::cached, shown_);
    if (status.type() == S_IFREG) return read_value(file, status.size, key);
    if (status.type() == S_IFDIR && depth < deepest) return read_directory(file, key + "/", depth + 1);
    skip();
  }

  void skip() { generation_.truncated = true; }

  /// Nothing where somebody has put a link, a mount, or what cannot be opened so.
  static sys::Fd open_entry(const sys::Fd& directory, const std::string& name) {
    try {
      return sys::open_within(directory, name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    } catch (const sys::Error& error) {
      if (error.number != ELOOP && error.number != EXDEV && error.number != ENXIO) throw;
      return {};
    }
  }

  /// One system call instead of two for what most values are; false where it takes a closer look. What is a FIFO or a socket
  /// by now cannot be read at an offset.
  bool read_small_value(const sys::Fd& file, const std::string& key) {
    core::SecretBytes& values = generation_.values;
    const std::size_t before = values.size();
    if (generation_.keys.size() == limits_.keys || before + small_value > limits_.values || small_value > limits_.value) return false;
    values.resize(before + small_value);
    const auto count = sys::read_at(file, std::span(values.data() + before, small_value), 0);
    const bool whole = count >= 0 && static_cast<std::size_t>(count) < small_value;
    values.resize(before + (whole ? static_cast<std::size_t>(count) : 0));
    if (whole) keep(key, before);
    return whole;
  }

  /// What has been read behind `before` is the value of a key.
  void keep(const std::string& key, std::size_t before) {
    const std::span value(generation_.values.data() + before, generation_.values.size() - before);
    generation_.keys.push_back({key, value.size(), hash_(value)});
    generation_.places.push_back(before);
  }

  void read_value(const sys::Fd& file, std::uint64_t size, const std::string& key) {
    core::SecretBytes& values = generation_.values;
    const std::size_t before = values.size();
    const std::size_t room = std::min(limits_.value, limits_.values - before);
    if (size > room || generation_.keys.size() == limits_.keys) cut();
    if (generation_.keys.size() == limits_.keys) return;
    values.resize(before + std::min<std::size_t>(size, room));
    std::size_t end = before;
    while (end < values.size()) {
      const auto count = sys::read_at(file, std::span(values.data(), values.size()).subspan(end), end - before);
      if (count < 0) throw sys::Error(errno, "read", shown_ + "/" + key);
      if (count == 0) break;
      end += static_cast<std::size_t>(count);
    }
    values.resize(end);
    keep(key, before);
  }

  Generation& generation_;
  const core::KeyedHash& hash_;
  const GenerationLimits& limits_;
  const std::string& shown_;
  std::size_t entries_ = 0;
};

/// What a directory holds can be out of order with its neighbours: `a/b` and `a-b`.
void sort_keys(Generation& generation) {
  if (std::ranges::is_sorted(generation.keys, {}, &core::KeyDigest::name)) return;
  std::vector<std::size_t> order(generation.keys.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return generation.keys[a].name < generation.keys[b].name; });
  std::vector<core::KeyDigest> keys;
  std::vector<std::uint64_t> places;
  for (const std::size_t index : order) {
    keys.push_back(std::move(generation.keys[index]));
    places.push_back(generation.places[index]);
  }
  generation.keys = std::move(keys);
  generation.places = std::move(places);
}

/// Where `..data` leads; empty where it does not exist, or leads elsewhere.
std::string current_name(const sys::Fd& volume, const std::string& shown) {
  try {
    std::string name = sys::read_link(volume, core::generation_link, shown);
    return core::is_generation_name(name) ? name : std::string();
  } catch (const sys::Error& error) {
    // EINVAL: it is no link
    if (error.number != ENOENT && error.number != EINVAL) throw;
    return {};
  }
}

/// Whether the link of the volume leads to nothing that could be a generation, and not because it is being removed.
bool leads_nowhere(const sys::Error& error) {
  return error.number == ENOENT || error.number == ENOTDIR || error.number == ELOOP || error.number == EXDEV;
}

/// What one attempt came to; `unstable`: there is another generation by now.
ReadState read_once(const sys::Fd& volume, Generation& generation, GenerationReader reader, const std::string& shown) {
  const auto current = [&] { return current_name(volume, shown) == generation.name; };
  sys::Fd directory;
  try {
    directory = sys::open_within(volume, generation.name, O_RDONLY | O_DIRECTORY);
  } catch (const sys::Error& error) {
    if (!current()) return ReadState::unstable;
    if (leads_nowhere(error)) return ReadState::absent;
    throw;
  }
  try {
    reader.read_directory(directory, "", 0);
  } catch (const sys::Error& error) {
    if (error.number != ENOENT && current()) throw;
    return ReadState::unstable;
  } catch (const TooLarge&) {
    return ReadState::too_large;
  }
  return current() ? ReadState::read : ReadState::unstable;
}

}  // namespace

GenerationRead read_generation(const sys::Fd& volume, const std::string& known, const core::KeyedHash& hash,
                               const GenerationLimits& limits, const std::string& shown) {
  for (unsigned attempt = 0; attempt < limits.attempts; ++attempt) {
    GenerationRead result;
    Generation& generation = result.generation;
    generation.name = current_name(volume, shown);
    if (generation.name.empty()) return result;
    if (generation.name == known) return {ReadState::same, {}};
    result.state = read_once(volume, generation, GenerationReader(generation, hash, limits, shown), shown);
    if (result.state == ReadState::unstable) continue;
    if (result.state != ReadState::read) return {result.state, {}};
    sort_keys(generation);
    return result;
  }
  return {ReadState::unstable, {}};
}

}  // namespace podprobe::tasks
