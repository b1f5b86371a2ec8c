#pragma once

#include <napi.h>

namespace podprobe::napi {

/// listMounts(id, target, timeout): target is a pid or a process handle.
Napi::Value list_mounts(const Napi::CallbackInfo& info);

/// listNamespaceMounts(id, target, timeout); findMount(id, target, timeout, path): path in a Buffer.
Napi::Value list_namespace_mounts(const Napi::CallbackInfo& info);
Napi::Value find_mount(const Napi::CallbackInfo& info);

/// lookAtVolumes(id, target, places, timeout, keys): places are [path, major, minor], paths in a Buffer.
Napi::Value look_at_volumes(const Napi::CallbackInfo& info);

}  // namespace podprobe::napi
