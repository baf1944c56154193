//! How is the program linked, so that it starts fast?
//!
//! Hooks run for every tool that an agent uses, and most of such a call is the start of the process. Linked at a fixed
//! address it has no relocations to apply, which are a third of that.

#![expect(clippy::disallowed_methods, reason = "a build script is told by its environment")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
