#pragma once

#include <napi.h>

namespace podprobe::napi {

/// startCommand(id, target, helper, request): [handle, pid, control, stdin, stdout, stderr], descriptors, -1 where there is
/// none. The command ends when the handle does.
Napi::Value start_command(const Napi::CallbackInfo& info);

/// keepStreams(handle): the descriptors are the caller's now. Until then they are closed with the handle.
Napi::Value keep_streams(const Napi::CallbackInfo& info);

/// endCommand(handle): the command is killed if it still runs, and the helper is waited for.
Napi::Value end_command(const Napi::CallbackInfo& info);

}  // namespace podprobe::napi
