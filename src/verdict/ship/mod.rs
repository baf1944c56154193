//! Did the phase of a plan ship? What commits say of it, and what plans ask for.

pub mod stamp;
