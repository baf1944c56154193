//! What does the repository say? Reads only, and only through gix.

pub mod repository;
