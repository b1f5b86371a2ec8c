#pragma once

#include <napi.h>

namespace podprobe::napi {

/// readEnvironments(id, targets, {initial, live, stop, timeout}): targets are pids or process handles.
Napi::Value read_environments(const Napi::CallbackInfo& info);

}  // namespace podprobe::napi
