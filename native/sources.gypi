{
  "variables": {
    "core_files": [
      "core/auxv.cc",
      "core/cgroup.cc",
      "core/code_references.cc",
      "core/credentials.cc",
      "core/data_words.cc",
      "core/dynamic_symbols.cc",
      "core/elf.cc",
      "core/entries.cc",
      "core/environ_vector.cc",
      "core/go.cc",
      "core/id_map.cc",
      "core/image.cc",
      "core/initial_environ.cc",
      "core/limits.cc",
      "core/link_map.cc",
      "core/live_environ.cc",
      "core/locate.cc",
      "core/maps.cc",
      "core/mountinfo.cc",
      "core/page_cache.cc",
      "core/plausible.cc",
      "core/runtime.cc",
      "core/stat.cc",
      "core/static_scan.cc",
      "core/symtab.cc"
    ],
    "sys_files": [
      "sys/fd.cc",
      "sys/mapped_file.cc",
      "sys/mapping_query.cc",
      "sys/memfd.cc",
      "sys/pipes.cc",
      "sys/process.cc",
      "sys/remote_memory.cc",
      "sys/spawn.cc",
      "sys/stop.cc"
    ],
    "task_files": [
      "tasks/container.cc",
      "tasks/exec.cc",
      "tasks/exec_plan.cc",
      "tasks/exec_step.cc",
      "tasks/guarded_memory.cc",
      "tasks/pacing.cc",
      "tasks/read_environment.cc",
      "tasks/target.cc",
      "tasks/thread_pool.cc"
    ],
    "napi_files": [
      "napi/addon.cc",
      "napi/async.cc",
      "napi/environ.cc",
      "napi/exec.cc",
      "napi/process.cc"
    ],
    "nsexec_files": [
      "nsexec/command.c",
      "nsexec/identity.c",
      "nsexec/join.c",
      "nsexec/main.c",
      "nsexec/plan.c",
      "nsexec/start.c",
      "nsexec/tty.c"
    ],
    "setenv_files": ["demo/setenv.c"],
    "pod_files": ["demo/pod.c"]
  }
}
