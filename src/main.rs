//! The `git-dos` program: hands its arguments to the library and its answer to the caller.

use std::process::ExitCode;

fn main() -> ExitCode {
    git_dos::cli::main()
}
