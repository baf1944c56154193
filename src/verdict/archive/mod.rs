//! What does an archive commit say? Its trailers are the data; its subject is for people.

pub mod subject;
