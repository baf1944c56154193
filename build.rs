//! How is the program linked, so that it starts fast?
//!
//! Hooks run for every tool that an agent uses, and most of such a call is the start of the process. Linked at a fixed
//! address it has no relocations to apply, and with the unwinder inside there is one library less to load.

#![expect(clippy::disallowed_methods, reason = "a build script is told by its environment")]
#![expect(clippy::disallowed_types, reason = "and the C compiler knows where its own archives are")]

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
        let archives: Option<Vec<_>> =
            ["libgcc_eh.a", "libgcc.a"].into_iter().map(archive).collect();
        if let (Some(archives), Some(folder)) = (archives, std::env::var_os("OUT_DIR")) {
            replace_shared_unwinder(&archives, Path::new(&folder));
        }
    }
}

/// Returns where the C compiler, which links, keeps its archive `name`; nothing where it has none, or where it is not
/// for this machine and so not known here.
fn archive(name: &str) -> Option<PathBuf> {
    if std::env::var_os("HOST") != std::env::var_os("TARGET") {
        return None;
    }
    let linker = std::env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into());
    let output = Command::new(linker).arg(format!("-print-file-name={name}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim_end());
    // A compiler that has no such file repeats the name.
    path.is_absolute().then_some(path).filter(|path| path.is_file())
}

/// Puts a linker script into `folder` that answers to the shared unwinder's name and names `archives` instead.
///
/// <https://sourceware.org/binutils/docs/ld/File-Commands.html>
fn replace_shared_unwinder(archives: &[PathBuf], folder: &Path) {
    let paths: Vec<_> = archives.iter().map(|path| format!("\"{}\"", path.display())).collect();
    let script = format!("GROUP ( {} )\n", paths.join(" "));
    if std::fs::write(folder.join("libgcc_s.so"), script).is_ok() {
        println!("cargo::rustc-link-search=native={}", folder.display());
    }
}
