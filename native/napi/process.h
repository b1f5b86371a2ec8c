#pragma once

#include <napi.h>

#include <memory>

#include "tasks/read_environment.h"

namespace podprobe::napi {

/// openProcess(pid): a handle, or {error}. closeProcess(handle): its descriptors are closed once no read uses them.
Napi::Value open_process(const Napi::CallbackInfo& info);
Napi::Value close_process(const Napi::CallbackInfo& info);

/// The process behind a handle, or nullptr when it is closed.
std::shared_ptr<tasks::HeldProcess> process_of(Napi::Value handle);

}  // namespace podprobe::napi
