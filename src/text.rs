//! Values become the text that other programs read: YAML, systemd units, data URLs.
//!
//! Nothing in here knows about clusters. Each module holds one format and the rules its readers apply, so that whoever
//! writes it never thinks about quoting.

pub mod authority;
pub mod data_url;
pub mod unit;
pub mod yaml;
