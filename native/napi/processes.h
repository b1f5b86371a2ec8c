#pragma once

#include <napi.h>

namespace podprobe::napi {

/// listProcesses(id, withNamespaces, timeout)
Napi::Value list_processes(const Napi::CallbackInfo& info);

}  // namespace podprobe::napi
