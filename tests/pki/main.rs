//! Descriptions of clusters -> directories of keys and media that the program makes for them, held against openssl,
//! xorriso, and tables that are written down here.

#[path = "../common/mod.rs"]
mod common;

mod certificates;
mod directory;
mod handshakes;
mod killed;
mod media;
mod place;
mod store;
mod wrong;
