#pragma once

#include "core/initial_environ.h"
#include "core/locate.h"
#include "core/page_cache.h"
#include "core/stat.h"
#include "tasks/guarded_memory.h"

namespace podprobe::tasks {

/// One program image of a process, answering the questions of the search for its environment.
class Target final : public core::Program {
 public:
  /// `initial` is asked for its entries when the search needs them.
  Target(const sys::Process& process, const sys::RemoteMemory& remote, const std::string& executable_path,
         const core::InitialEnviron& initial)
      : process_(process), guarded_(process, remote), cache_(guarded_), executable_path_(executable_path), initial_(initial) {}

  core::Memory& memory() override { return cache_; }
  core::Memory* executable() override;
  const std::vector<core::Mapping>& mappings() override { return guarded_.mappings().all(); }
  const std::string& executable_path() override { return executable_path_; }
  const core::Entries& initial() override { return initial_.entries; }

  /// Memory that is not cached, for what changes.
  GuardedMemory& live() { return guarded_; }

 private:
  const sys::Process& process_;
  GuardedMemory guarded_;
  core::PageCache cache_;
  const std::string& executable_path_;
  const core::InitialEnviron& initial_;
  bool executable_tried_ = false;
  std::optional<FileMemory> executable_;
};

}  // namespace podprobe::tasks
