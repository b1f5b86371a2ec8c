#pragma once

#include <napi.h>

namespace podprobe::napi {

/// listProcesses(id, withNamespaces, timeout): in two parts, an outcome each
Napi::Value list_processes(const Napi::CallbackInfo& info);
/// readVariableNames(id, pids, timeout): in parts, an outcome each
Napi::Value read_variable_names(const Napi::CallbackInfo& info);
/// readCommandLine(id, target, timeout)
Napi::Value read_command_line(const Napi::CallbackInfo& info);
/// readAncestry(id, target, timeout)
Napi::Value read_ancestry(const Napi::CallbackInfo& info);

}  // namespace podprobe::napi
