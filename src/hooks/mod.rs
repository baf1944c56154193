//! An event comes in, a reply goes out: how installed hooks use the library.
