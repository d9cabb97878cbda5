//! Exact top-k search over immutable snapshots.
