//! How git calls git-dos: shims, payloads, and who owns a hook file.

mod call;
pub mod commit_msg;
mod error;
mod event;
mod object_name;
pub mod owner;
pub mod post_rewrite;
pub mod pre_push;
pub mod second_name;
pub mod shim;

pub use call::Call;
pub use error::Error;
pub use event::Event;
pub use object_name::ObjectName;

/// Returns the lines of `input` that are not empty, with their numbers from 1.
fn lines(input: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let numbered = (1..).zip(input.split(|byte| *byte == b'\n'));
    numbered.filter(|(_, line)| !line.is_empty())
}
