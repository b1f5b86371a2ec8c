#pragma once

#include <napi.h>

namespace podprobe::napi {

/// watchMounts(target, tell): {value: handle} or {error}. `tell(gone)` is called with false when the table of the target's
/// mount namespace has changed, once with true when the target has ended. closeMountWatch(handle): nothing is told any more.
Napi::Value watch_mounts(const Napi::CallbackInfo& info);
Napi::Value close_mount_watch(const Napi::CallbackInfo& info);

}  // namespace podprobe::napi
