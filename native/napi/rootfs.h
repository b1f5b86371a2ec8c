#pragma once

#include <napi.h>

namespace podprobe::napi {

/// NAME(id, target, {path, follow, details, most, timeout}): a path as a process sees it.
Napi::Value read_file_in(const Napi::CallbackInfo& info);
Napi::Value readdir_in(const Napi::CallbackInfo& info);
Napi::Value stat_in(const Napi::CallbackInfo& info);
Napi::Value readlink_in(const Napi::CallbackInfo& info);
Napi::Value open_in(const Napi::CallbackInfo& info);

/// readFile(id, file, timeout, offset, length), statFile(id, file, timeout), closeFile(id, file, timeout): of what openIn() gave.
Napi::Value read_file(const Napi::CallbackInfo& info);
Napi::Value stat_file(const Napi::CallbackInfo& info);
Napi::Value close_file(const Napi::CallbackInfo& info);

}  // namespace podprobe::napi
