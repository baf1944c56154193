//! Plans, previews, applies and takes back changes to other programs' files.
//!
//! A [`plan::Plan`] is made from what is on the disk and from the receipt of the last time. It can be shown
//! as a diff. Carrying it out first writes the receipt as pending, then makes the changes one by one, each
//! provided that the file still is as it was planned for, and then writes the receipt as done. Whoever stops
//! in between can be followed by the same plan made anew.

pub mod apply;
pub mod builder;
pub mod change;
mod diff;
pub mod error;
pub mod groups;
pub mod json;
pub mod lines;
pub mod lock;
pub mod look;
pub mod named;
pub mod plan;
pub mod receipt;
mod replace;
pub mod splice;
pub mod undo;
pub mod wanted;

#[cfg(test)]
#[cfg(unix)]
mod tests;
