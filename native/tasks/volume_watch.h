#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>

#include "core/inotify.h"
#include "sys/file_status.h"
#include "sys/inotify_queue.h"
#include "tasks/read_environment.h"
#include "tasks/read_generation.h"

namespace podprobe::tasks {

/// Where a secret volume is: a path as a process sees it, or, without one, this process's own.
struct VolumePlace {
  std::shared_ptr<HeldProcess> process;
  std::string path;
};

/// What has become of a volume.
enum class VolumeNews : std::uint8_t {
  same,      ///< nothing
  read,      ///< another generation, with what has changed since the last one
  absent,    ///< no generation is there
  look_again ///< it cannot be told without waiting: VolumeWatch::look() can
};

struct VolumeReport {
  std::uint32_t volume = 0;
  VolumeNews news = VolumeNews::same;
  bool overflowed = false;  ///< events were lost before it
  bool replaced = false;    ///< another directory is there than before
  bool heard = false;       ///< of a look: an event came that may have been of its directory, so that it must be read again
  Generation generation{};
  core::GenerationChanges changes{};
};

/// What a look at a volume found: by a thread that may wait, for VolumeWatch::settle().
struct VolumeLook {
  int watch = -1;
  sys::FileStatus directory;
  bool local = false;  ///< it can be read without waiting for anybody
  GenerationRead found;
};

/// The secret volumes of one event loop, through one inotify descriptor.
///
/// Its own thread reads a volume only where that cannot wait for anybody: a directory that is in the kernel's caches, on a
/// tmpfs, and the same as the one that is watched. Whatever else there is takes a look by another thread. No descriptor is
/// held between reads: one would keep the file system of a dead container. What is kept of values is their keyed hash.
///
/// Race: a directory is watched before it is first read, so that the last generation is never missed.
class VolumeWatch {
 public:
  /// Errors: those of sys::InotifyQueue.
  explicit VolumeWatch(const core::KeyedHash& hash);

  int descriptor() const { return shared_->inotify.descriptor(); }

  void add(std::uint32_t volume, VolumePlace place);
  void remove(std::uint32_t volume);
  /// Whatever is read next is new.
  void reset(std::uint32_t volume);

  /// One report for each volume that the events since the last call are about, `same` left out.
  std::vector<VolumeReport> take_events();

  /// Reads a volume, events or not.
  VolumeReport reread(std::uint32_t volume);

  /// A job for any thread; may wait for the file system. Errors: those of sys::Process, sys::open_in_root() and
  /// sys::InotifyQueue; ENOTDIR; EOPNOTSUPP the file system asks another process or machine (`detail` names it).
  std::function<VolumeLook(const Allowance&)> look(std::uint32_t volume);

  /// What the look tells of a volume that is watched from now on.
  VolumeReport settle(std::uint32_t volume, VolumeLook& look);

 private:
  struct Shared {
    sys::InotifyQueue inotify;
    core::KeyedHash hash;
  };

  struct Volume {
    VolumePlace place;
    int watch = -1;
    bool local = false;
    sys::FileStatus directory;
    std::string generation;
    std::vector<core::KeyDigest> keys;
    std::uint64_t reads = 0;
    std::uint64_t reads_at_look = 0;
    std::uint64_t told_at_look = 0;
  };

  void release(int watch);
  void forget(Volume& volume);
  bool looking() const { return looks_.use_count() > 1; }
  VolumeReport take(std::uint32_t id, Volume& volume, GenerationRead&& found);
  GenerationRead read_at_once(const Volume& volume) const;
  void note(const core::InotifyEvent& event, std::set<std::uint32_t>& touched);

  std::shared_ptr<const Shared> shared_;
  std::map<std::uint32_t, Volume> volumes_;
  std::multimap<int, std::uint32_t> by_watch_;
  std::shared_ptr<const int> looks_ = std::make_shared<int>(0);  ///< one owner more for each look under way
  std::uint64_t told_ = 0;  ///< events that may be of a directory which a look reads: two volumes can be one directory
};

}  // namespace podprobe::tasks
