#include "tasks/volume_watch.h"

#include <fcntl.h>

#include <array>

#include "core/mountinfo.h"
#include "sys/openat2.h"
#include "tasks/list_mounts.h"

namespace podprobe::tasks {

namespace {

using Mask = core::InotifyMask;

/// With what is created: a thread that is woken by the first step of a writer is awake when he renames `..data`.
constexpr std::uint32_t watched = Mask::create | Mask::moved_to | Mask::delete_self | Mask::move_self | Mask::only_directory;
constexpr std::uint32_t directory_lost = Mask::delete_self | Mask::move_self | Mask::unmount | Mask::ignored;
constexpr std::size_t most_mountinfo = 64 << 20;
/// A full queue, that is: the record of its overflow is the last.
constexpr unsigned most_reads = 256;

/// What may be read on the thread of the event loop: more takes too long.
constexpr GenerationLimits at_once{.keys = 256, .entries = 512, .value = 64 << 10, .values = 256 << 10, .whole = true};

sys::Fd open_volume(const VolumePlace& place) {
  constexpr int flags = O_DIRECTORY;
  if (!place.process) return sys::open_on_host(place.path, flags);
  sys::Fd directory = sys::open_in_root(place.process->process().open_root(), place.path, flags);
  if (!place.process->process().exists()) throw sys::Error(ESRCH, "pidfd_send_signal");
  return directory;
}

std::string file_system_of(const VolumePlace& place, const sys::FileStatus& directory) {
  const core::MountKey key{directory.mount_id, directory.device.major, directory.device.minor};
  const std::string shown = place.process ? place.process->process().path("mountinfo") : "/proc/thread-self/mountinfo";
  const sys::Fd file = place.process ? open_mountinfo(place.process->process()) : sys::open_path(shown, O_RDONLY);
  return core::file_system_of(sys::read_whole<std::string>(file, most_mountinfo, sys::End::at_empty_read, shown), key);
}

void refuse_remote(const std::string& file_system, const std::string& path) {
  if (core::answers_locally(file_system)) return;
  const std::string name = file_system.empty() ? "of an unknown kind" : file_system;
  throw sys::Error(EOPNOTSUPP, "inotify_add_watch", path,
                   "its file system is " + name + ": changes made elsewhere are not told, and reads can wait for ever");
}

}  // namespace

VolumeWatch::VolumeWatch(const core::KeyedHash& hash) : shared_(std::make_shared<Shared>(Shared{{}, hash})) {}

void VolumeWatch::add(std::uint32_t volume, VolumePlace place) { volumes_[volume].place = std::move(place); }

void VolumeWatch::remove(std::uint32_t volume) {
  const auto found = volumes_.find(volume);
  if (found == volumes_.end()) return;
  forget(found->second);
  volumes_.erase(found);
}

void VolumeWatch::reset(std::uint32_t volume) {
  const auto found = volumes_.find(volume);
  if (found == volumes_.end()) return;
  found->second.generation.clear();
  found->second.keys.clear();
}

void VolumeWatch::forget(Volume& volume) {
  const int watch = std::exchange(volume.watch, -1);
  const auto [first, last] = by_watch_.equal_range(watch);
  for (auto entry = first; entry != last; ++entry) {
    if (&volumes_[entry->second] != &volume) continue;
    by_watch_.erase(entry);
    break;
  }
  release(watch);
}

/// While somebody looks, it may have been given the same watch: its next event will tell.
void VolumeWatch::release(int watch) {
  if (watch >= 0 && !by_watch_.contains(watch) && !looking()) shared_->inotify.remove(watch);
}

void VolumeWatch::note(const core::InotifyEvent& event, std::set<std::uint32_t>& touched) {
  const bool lost = (event.mask & directory_lost) != 0;
  const auto [first, last] = by_watch_.equal_range(event.watch);
  if (first == last && (event.mask & Mask::ignored) == 0) release(event.watch);
  if (!lost && event.name != core::generation_link) return;
  ++told_;
  for (auto entry = first; entry != last; ++entry) {
    touched.insert(entry->second);
    if (lost) volumes_[entry->second].local = false;
  }
}

std::vector<VolumeReport> VolumeWatch::take_events() {
  alignas(std::uint32_t) std::array<std::uint8_t, 32768> buffer;
  std::set<std::uint32_t> touched;
  bool overflowed = false;
  for (unsigned reads = 0; reads < most_reads; ++reads) {
    const std::size_t size = shared_->inotify.read(buffer);
    const auto parsed = core::parse_inotify(std::span(buffer).first(size));
    overflowed |= !parsed.complete;
    for (const auto& event : parsed.events) {
      overflowed |= (event.mask & Mask::overflow) != 0;
      note(event, touched);
    }
    if (size < buffer.size() / 2) break;
  }
  if (overflowed) {
    for (const auto& [id, volume] : volumes_) touched.insert(id);
  }
  std::vector<VolumeReport> reports;
  for (const std::uint32_t id : touched) {
    VolumeReport report = reread(id);
    report.overflowed = overflowed;
    if (report.news != VolumeNews::same) reports.push_back(std::move(report));
  }
  return reports;
}

GenerationRead VolumeWatch::read_at_once(const Volume& volume) const {
  const GenerationRead cannot{ReadState::unstable, {}};
  if (!volume.local) return cannot;
  const auto& [process, path] = volume.place;
  const sys::Fd root = process ? process->process().open_root() : sys::Fd();
  const sys::Fd directory = sys::open_if_cached(process ? &root : nullptr, path, O_PATH | O_DIRECTORY);
  if (!directory || !sys::status_of(directory, sys::Freshness::cached, path).same_file(volume.directory)) return cannot;
  return read_generation(directory, volume.generation, shared_->hash, at_once, path);
}

VolumeReport VolumeWatch::reread(std::uint32_t id) {
  const auto found = volumes_.find(id);
  if (found == volumes_.end()) return {.volume = id};
  try {
    return take(id, found->second, read_at_once(found->second));
  } catch (const sys::Error&) {
    // a look tells the error
    return {.volume = id, .news = VolumeNews::look_again};
  }
}

VolumeReport VolumeWatch::take(std::uint32_t id, Volume& volume, GenerationRead&& found) {
  VolumeReport report{.volume = id};
  switch (found.state) {
    case ReadState::same: return report;
    case ReadState::unstable:
    case ReadState::too_large: report.news = VolumeNews::look_again; return report;
    case ReadState::absent:
      report.news = VolumeNews::absent;
      reset(id);
      return report;
    case ReadState::read: break;
  }
  ++volume.reads;
  report.news = VolumeNews::read;
  report.generation = std::move(found.generation);
  report.changes = core::compare_generations(volume.keys, report.generation.keys);
  volume.generation = report.generation.name;
  volume.keys = report.generation.keys;
  return report;
}

std::function<VolumeLook(const Allowance&)> VolumeWatch::look(std::uint32_t id) {
  Volume& volume = volumes_.at(id);
  volume.reads_at_look = volume.reads;
  volume.told_at_look = told_;
  return [shared = shared_, looks = looks_, place = volume.place, known = volume.generation, watch = volume.watch](const Allowance& allowance) {
    const sys::Fd directory = open_volume(place);
    VolumeLook look;
    look.directory = sys::status_of(directory, sys::Freshness::cached, place.path);
    const std::string file_system = file_system_of(place, look.directory);
    refuse_remote(file_system, place.path);
    look.local = file_system == "tmpfs" || file_system == "ramfs";
    look.watch = shared->inotify.add(directory, watched, place.path);
    const std::string same_place_known = look.watch == watch ? known : "";
    do {
      look.found = read_generation(directory, same_place_known, shared->hash, {}, place.path);
    } while (look.found.state == ReadState::unstable && allowance.left());
    if (look.found.state == ReadState::unstable) throw allowance.timed_out();
    return look;
  };
}

VolumeReport VolumeWatch::settle(std::uint32_t id, VolumeLook& look) {
  const auto found = volumes_.find(id);
  if (found == volumes_.end()) return {.volume = id};
  Volume& volume = found->second;
  const bool replaced = volume.watch >= 0 && volume.watch != look.watch;
  if (volume.watch != look.watch) {
    forget(volume);
    by_watch_.emplace(look.watch, id);
    volume.watch = look.watch;
    reset(id);
  }
  volume.local = look.local;
  volume.directory = look.directory;
  const bool overtaken = !replaced && volume.reads != volume.reads_at_look;
  VolumeReport report = overtaken ? reread(id) : take(id, volume, std::move(look.found));
  report.replaced = replaced;
  report.heard = told_ != volume.told_at_look;
  return report;
}

}  // namespace podprobe::tasks
