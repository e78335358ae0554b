//! One description of a Kubernetes cluster -> the boot media that Ignition reads.
//!
//! The way of the data, one type at each border (`docs/architecture.md`): bytes of `cluster.json` (`spec`) ->
//! [`cluster::Cluster`], or a [`report::Report`] with every problem -> one [`machine::Machine`] a node ([`component`]),
//! held against itself ([`closure`]) -> bytes ([`encode`], [`iso`], [`cpio`]) -> a tree on disk.

// A library that is run on what others write must not panic; tests may.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod cli;
pub mod closure;
pub mod cluster;
pub mod component;
pub mod cpio;
pub mod derivation;
pub mod encode;
pub mod iso;
pub mod k8s;
pub mod keypair;
pub mod machine;
pub mod output;
pub mod pki;
pub mod report;
pub mod secrets;
mod spec;
pub mod text;
pub mod toolchain;
pub mod x509;
