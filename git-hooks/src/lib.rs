//! How git calls git-dos: shims, payloads, and who owns a hook file.

pub mod shim;
