#pragma once

#include <napi.h>

namespace podprobe::napi {

/// openWatch(key, callback): a handle, or {error}. `key`: 16 bytes for the hashes that are kept of values. The callback gets
/// the number of a volume and its report. A report: news, flags (lib/watch/report.ts), and what was read (lib/watch/content.ts)
/// or null.
Napi::Value open_watch(const Napi::CallbackInfo& info);
/// closeWatch(watch): its descriptors are closed, and the callback is called no more.
Napi::Value close_watch(const Napi::CallbackInfo& info);
/// keepWatch(watch, keep): whether the event loop stays alive for it; at first it does not.
Napi::Value keep_watch(const Napi::CallbackInfo& info);

/// addVolume(watch, volume, process handle or null, path): {} or {error}. removeVolume(watch, volume), resetVolume(watch, volume).
Napi::Value add_volume(const Napi::CallbackInfo& info);
Napi::Value remove_volume(const Napi::CallbackInfo& info);
Napi::Value reset_volume(const Napi::CallbackInfo& info);

/// rereadVolume(watch, volume): its report as an array, at once.
Napi::Value reread_volume(const Napi::CallbackInfo& info);
/// lookAtVolume(id, watch, volume, timeout): its report as an array, from a thread that may wait.
Napi::Value look_at_volume(const Napi::CallbackInfo& info);

}  // namespace podprobe::napi
