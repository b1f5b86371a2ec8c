{
  "variables": {
    "core_files": [
      "core/auxv.cc",
      "core/code_references.cc",
      "core/data_words.cc",
      "core/dynamic_symbols.cc",
      "core/elf.cc",
      "core/entries.cc",
      "core/environ_vector.cc",
      "core/generation.cc",
      "core/go.cc",
      "core/image.cc",
      "core/initial_environ.cc",
      "core/inotify.cc",
      "core/keyed_hash.cc",
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
      "sys/directory.cc",
      "sys/fd.cc",
      "sys/file_status.cc",
      "sys/inotify_queue.cc",
      "sys/mapped_file.cc",
      "sys/mapping_query.cc",
      "sys/openat2.cc",
      "sys/process.cc",
      "sys/remote_memory.cc",
      "sys/stop.cc"
    ],
    "task_files": [
      "tasks/guarded_memory.cc",
      "tasks/pacing.cc",
      "tasks/read_environment.cc",
      "tasks/read_generation.cc",
      "tasks/read_in_root.cc",
      "tasks/target.cc",
      "tasks/thread_pool.cc",
      "tasks/volume_watch.cc"
    ],
    "napi_files": ["napi/addon.cc", "napi/async.cc", "napi/environ.cc", "napi/poll.cc", "napi/process.cc", "napi/rootfs.cc", "napi/watch.cc"],
    "setenv_files": ["demo/setenv.c"],
    "pod_files": ["demo/pod.c"]
  }
}
