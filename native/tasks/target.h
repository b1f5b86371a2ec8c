#pragma once

#include "core/locate.h"
#include "core/page_cache.h"
#include "core/stat.h"
#include "tasks/guarded_memory.h"

namespace podprobe::tasks {

/// One program image of a process, answering the questions of the search for its environment.
class Target final : public core::Program {
 public:
  Target(const sys::Process& process, const sys::RemoteMemory& remote, const core::Entries& initial)
      : process_(process), guarded_(process, remote), cache_(guarded_), initial_(initial) {}

  core::Memory& memory() override { return cache_; }
  core::Memory* executable() override;
  const std::vector<core::Mapping>& mappings() override { return guarded_.mappings().all(); }
  const std::string& executable_path() override;
  const core::Entries& initial() override { return initial_; }

  /// Memory that is not cached, for what changes.
  GuardedMemory& live() { return guarded_; }

 private:
  const sys::Process& process_;
  GuardedMemory guarded_;
  core::PageCache cache_;
  const core::Entries& initial_;
  bool executable_tried_ = false;
  std::optional<FileMemory> executable_;
  std::optional<std::string> executable_path_;
};

}  // namespace podprobe::tasks
