#pragma once

#include <napi.h>

namespace podprobe::napi {

/// listMounts(id, target, timeout): target is a pid or a process handle.
Napi::Value list_mounts(const Napi::CallbackInfo& info);

}  // namespace podprobe::napi
