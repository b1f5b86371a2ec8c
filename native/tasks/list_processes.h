#pragma once

#include "core/process_table.h"
#include "tasks/pacing.h"

namespace podprobe::tasks {

/// Which processes a thread lists when several share the work: those whose id leaves `number` when divided by `of`.
struct Share {
  unsigned number = 0;
  unsigned of = 1;
};

/// Every process that /proc shows and that is of the share, in its order; with the numbers of their namespaces if those are
/// asked for.
///
/// Errors: ETIMEDOUT; EACCES /proc may not be listed.
/// Race: one that goes meanwhile is left out; what is said of one process is of one process, for it is held.
/// Source: proc(5), with its mount option hidepid.
core::ProcessTable list_processes(const Share& share, bool with_namespaces, const Allowance& allowance);

}  // namespace podprobe::tasks
