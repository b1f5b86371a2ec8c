#pragma once

#include <napi.h>

#include <memory>
#include <variant>

#include "tasks/read_environment.h"

namespace podprobe::napi {

/// openProcess(pid): a handle, or {error}. closeProcess(handle): its descriptors are closed once no read uses them.
Napi::Value open_process(const Napi::CallbackInfo& info);
Napi::Value close_process(const Napi::CallbackInfo& info);

/// A process as an argument: its pid, or what is behind its handle.
using Target = std::variant<int, std::shared_ptr<tasks::HeldProcess>>;
Target target_of(Napi::Value value);

/// Runs `work` on a process; that of a pid is held for so long.
template <class Work>
auto with_process(const Target& target, Work work) {
  if (const int* const pid = std::get_if<int>(&target)) {
    tasks::HeldProcess held(*pid);
    return work(held);
  }
  return work(*std::get<std::shared_ptr<tasks::HeldProcess>>(target));
}

}  // namespace podprobe::napi
