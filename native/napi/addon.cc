#include <napi.h>

#include "napi/async.h"
#include "napi/environ.h"
#include "napi/errand.h"
#include "napi/mount_watch.h"
#include "napi/mounts.h"
#include "napi/exec.h"
#include "napi/process.h"
#include "napi/processes.h"
#include "napi/rootfs.h"
#include "napi/terminal.h"
#include "napi/watch.h"

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  namespace napi = podprobe::napi;
  napi::attach_instance(env);
  exports.Set("useErrand", Napi::Function::New(env, napi::use_errand, "useErrand"));
  exports.Set("openProcess", Napi::Function::New(env, napi::open_process, "openProcess"));
  exports.Set("closeProcess", Napi::Function::New(env, napi::close_process, "closeProcess"));
  exports.Set("readEnvironments", Napi::Function::New(env, napi::read_environments, "readEnvironments"));
  exports.Set("listProcesses", Napi::Function::New(env, napi::list_processes, "listProcesses"));
  exports.Set("readVariableNames", Napi::Function::New(env, napi::read_variable_names, "readVariableNames"));
  exports.Set("readCommandLine", Napi::Function::New(env, napi::read_command_line, "readCommandLine"));
  exports.Set("readAncestry", Napi::Function::New(env, napi::read_ancestry, "readAncestry"));
  exports.Set("listMounts", Napi::Function::New(env, napi::list_mounts, "listMounts"));
  exports.Set("listNamespaceMounts", Napi::Function::New(env, napi::list_namespace_mounts, "listNamespaceMounts"));
  exports.Set("findMount", Napi::Function::New(env, napi::find_mount, "findMount"));
  exports.Set("watchMounts", Napi::Function::New(env, napi::watch_mounts, "watchMounts"));
  exports.Set("closeMountWatch", Napi::Function::New(env, napi::close_mount_watch, "closeMountWatch"));
  exports.Set("lookAtVolumes", Napi::Function::New(env, napi::look_at_volumes, "lookAtVolumes"));
  exports.Set("readFileIn", Napi::Function::New(env, napi::read_file_in, "readFileIn"));
  exports.Set("readdirIn", Napi::Function::New(env, napi::readdir_in, "readdirIn"));
  exports.Set("statIn", Napi::Function::New(env, napi::stat_in, "statIn"));
  exports.Set("readlinkIn", Napi::Function::New(env, napi::readlink_in, "readlinkIn"));
  exports.Set("openIn", Napi::Function::New(env, napi::open_in, "openIn"));
  exports.Set("readFile", Napi::Function::New(env, napi::read_file, "readFile"));
  exports.Set("statFile", Napi::Function::New(env, napi::stat_file, "statFile"));
  exports.Set("closeFile", Napi::Function::New(env, napi::close_file, "closeFile"));
  exports.Set("startCommand", Napi::Function::New(env, napi::start_command, "startCommand"));
  exports.Set("keepStreams", Napi::Function::New(env, napi::keep_streams, "keepStreams"));
  exports.Set("endCommand", Napi::Function::New(env, napi::end_command, "endCommand"));
  exports.Set("makeTerminalRaw", Napi::Function::New(env, napi::make_terminal_raw, "makeTerminalRaw"));
  exports.Set("setTerminalModes", Napi::Function::New(env, napi::set_terminal_modes, "setTerminalModes"));
  exports.Set("expire", Napi::Function::New(env, napi::expire_batch, "expire"));
  exports.Set("cancel", Napi::Function::New(env, napi::cancel_batch, "cancel"));
  exports.Set("openWatch", Napi::Function::New(env, napi::open_watch, "openWatch"));
  exports.Set("closeWatch", Napi::Function::New(env, napi::close_watch, "closeWatch"));
  exports.Set("keepWatch", Napi::Function::New(env, napi::keep_watch, "keepWatch"));
  exports.Set("addVolume", Napi::Function::New(env, napi::add_volume, "addVolume"));
  exports.Set("removeVolume", Napi::Function::New(env, napi::remove_volume, "removeVolume"));
  exports.Set("resetVolume", Napi::Function::New(env, napi::reset_volume, "resetVolume"));
  exports.Set("rereadVolume", Napi::Function::New(env, napi::reread_volume, "rereadVolume"));
  exports.Set("lookAtVolume", Napi::Function::New(env, napi::look_at_volume, "lookAtVolume"));
  return exports;
}

NODE_API_MODULE(podprobe, Init)
