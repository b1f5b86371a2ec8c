{
  'includes': ['native/sources.gypi'],
  'targets': [
    {
      'target_name': 'podprobe',
      'sources': ['<@(core_files)', '<@(sys_files)', '<@(task_files)', '<@(napi_files)'],
      'include_dirs': ['native'],
      'dependencies': ["<!(node -p \"require('node-addon-api').targets\"):node_addon_api_except_all"],
      'defines': ['NAPI_VERSION=9', 'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED'],
      'cflags_cc': ['-std=c++20', '-O2', '-Wall', '-Wextra', '-fvisibility=hidden', '-fstack-protector-strong'],
      'ldflags': ['-Wl,-z,nodelete'],
    },
    {
      'target_name': 'setenv',
      'type': 'executable',
      'sources': ['<@(setenv_files)'],
    },
    {
      'target_name': 'pod',
      'type': 'executable',
      'sources': ['<@(pod_files)'],
    },
  ],
}
