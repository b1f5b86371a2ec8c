{
  'includes': ['native/sources.gypi'],
  'variables': {
    'freestanding_cflags': ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-ffreestanding', '-fno-stack-protector', '-fno-pie'],
    'freestanding_ldflags': ['-static', '-nostdlib', '-no-pie', '-Wl,--build-id=none', '-Wl,-z,noexecstack'],
  },
  'targets': [
    {
      'target_name': 'podprobe',
      'sources': ['<!@(node native/layers.mjs)'],
      'include_dirs': ['native'],
      'dependencies': ["<!(node -p \"require('node-addon-api').targets\"):node_addon_api_except_all"],
      'defines': ['NAPI_VERSION=9', 'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED'],
      'cflags_cc': ['-std=c++20', '-O2', '-Wall', '-Wextra', '-fvisibility=hidden', '-fstack-protector-strong'],
      'ldflags': ['-Wl,-z,nodelete'],
    },
    {
      # without a libc: see native/freestanding/kernel.h
      'target_name': 'nsexec',
      'type': 'executable',
      'sources': ['<@(nsexec_files)', '<@(freestanding_files)'],
      'include_dirs': ['native'],
      'cflags_c': ['<@(freestanding_cflags)'],
      'ldflags': ['<@(freestanding_ldflags)'],
    },
    {
      'target_name': 'errand',
      'type': 'executable',
      'sources': ['<@(errand_files)', '<@(freestanding_files)'],
      'include_dirs': ['native'],
      'cflags_c': ['<@(freestanding_cflags)'],
      'ldflags': ['<@(freestanding_ldflags)'],
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
