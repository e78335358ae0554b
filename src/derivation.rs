//! The `config.json` of a node -> the Nix derivation that writes its ISO, with the paths that Nix itself computes.
//!
//! A derivation has two inputs only: that file, at a store path made of its content, and the store path of the program
//! that writes the image. So a changed node changes its own derivation and no other. No store is asked and none is
//! written to; [`Export`] writes what `nix-store --import` takes.
//!
//! A node's derivation is what Nix makes of this, to the byte (the reference manual, "Derivations"; the paths by "Store
//! Path Specification"; `tests/nix/drv` compares):
//!
//! ```nix
//! derivation {
//!   name = "config-NODE.iso";
//!   inherit system;
//!   builder = "${builtins.storePath tool}/bin/tinderbox";
//!   args = [ "iso" "${builtins.toFile "config.json" json}" "-o" (placeholder "out") ];
//!   allowSubstitutes = false;
//!   preferLocalBuild = true;
//! }
//! ```

mod export;

pub use export::Export;

use crate::output::{CONFIG_JSON, VOLUME_ID};
use crate::toolchain::{EPOCH, xorriso_arguments};
use nix_derivation::store_path::{build_text_path, hash_placeholder};
use nix_derivation::{DerivationBuilder, StorePath};
use std::io::{self, Write};
use thiserror::Error;

/// Why there is no derivation.
#[derive(Debug, Error)]
pub enum DerivationError {
    /// The tool's path is not that of an object in the store.
    #[error("{path} is not a store path such as /nix/store/<hash>-name: {source}")]
    Tool {
        /// The path.
        path: String,
        /// What is wrong with it.
        source: nix_derivation::store_path::Error,
    },
    /// The system is none that Nix could have.
    #[error("{system:?} is not a system such as x86_64-linux")]
    System {
        /// What was given.
        system: String,
    },
    /// A name that the store does not take.
    #[error("the derivation of node {node}: {source}")]
    Node {
        /// The node.
        node: String,
        /// Why not.
        source: nix_derivation::Error,
    },
}

/// What writes the image in a derivation's build.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Writer {
    /// `bin/tinderbox iso`.
    Tinderbox,
    /// `bin/xorriso`, with the flags that make it reproducible.
    Xorriso,
}

/// What the derivations of all nodes have in common.
#[derive(Clone, Debug)]
pub struct Recipe {
    writer: Writer,
    tool: StorePath,
    system: String,
}

/// The derivation of one node.
#[derive(Debug)]
pub struct IsoDerivation {
    /// Where `config.json` is in the store.
    pub config_path: String,
    /// Where the derivation is in the store.
    pub path: String,
    /// Where the image is in the store, once it is built.
    pub output: String,
    /// The derivation as Nix writes it.
    aterm: Vec<u8>,
    /// What it refers to, in the store's order.
    references: Vec<String>,
}

impl Recipe {
    /// `tool` is the store path (`/nix/store/<hash>-name`, or something below it) that has the writer in its `bin`.
    ///
    /// # Errors
    /// When `tool` is no store path, or `system` none that Nix has.
    pub fn new(writer: Writer, tool: &str, system: &str) -> Result<Self, DerivationError> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if !system.contains('-') || !system.chars().all(is_part) {
            return Err(DerivationError::System { system: system.to_owned() });
        }
        // /nix/store/<hash>-name, without what is below it.
        let object: String = tool.split_inclusive('/').take(4).collect();
        let tool = StorePath::from_absolute_path(object.trim_end_matches('/').as_bytes())
            .map_err(|source| DerivationError::Tool { path: tool.to_owned(), source })?;
        Ok(Self { writer, tool, system: system.to_owned() })
    }

    /// The derivation that puts `config` on the ISO of `node`.
    ///
    /// # Errors
    /// When the store does not take the node's name.
    pub fn derivation(&self, node: &str, config: &[u8]) -> Result<IsoDerivation, DerivationError> {
        let failed = |source| DerivationError::Node { node: node.to_owned(), source };
        // As `builtins.toFile` does: hashed as text, and without references, whatever the text looks like.
        let file = build_text_path(CONFIG_JSON, config, []).map_err(|source| failed(source.into()))?;
        let out = hash_placeholder("out");
        let (program, arguments, epoch) = match self.writer {
            Writer::Tinderbox => {
                ("tinderbox", vec!["iso".to_owned(), file.to_absolute_path(), "-o".to_owned(), out], None)
            }
            Writer::Xorriso => {
                ("xorriso", xorriso_arguments(VOLUME_ID, CONFIG_JSON, &file.to_absolute_path(), &out), Some(EPOCH))
            }
        };
        let name = format!("config-{node}.iso");
        let builder = format!("{}/bin/{program}", self.tool.to_absolute_path());
        let mut derivation = DerivationBuilder::new(&*name, &*self.system, &*builder)
            .input_addressed_output("out")
            .input_source(file.clone())
            .input_source(self.tool.clone())
            // `derivation` hands all its attributes to the builder.
            .environment("name", name)
            .environment("system", &*self.system)
            .environment("builder", builder)
            // It takes milliseconds: to ask a cache for it, or another machine, takes longer.
            .environment("allowSubstitutes", "")
            .environment("preferLocalBuild", "1");
        for argument in arguments {
            derivation = derivation.argument(argument);
        }
        if let Some(epoch) = epoch {
            derivation = derivation.environment("SOURCE_DATE_EPOCH", epoch);
        }
        let derivation = derivation.build().map_err(failed)?.into_derivation();
        let output = derivation.resolved_outputs().map_err(failed)?.into_values().find_map(|output| output.path);
        let unresolved = || failed(nix_derivation::Error::InvalidDerivation("it has no output path".to_owned()));
        Ok(IsoDerivation {
            config_path: file.to_absolute_path(),
            path: derivation.drv_path().map_err(failed)?.to_absolute_path(),
            output: output.ok_or_else(unresolved)?.to_absolute_path(),
            aterm: derivation.to_aterm_bytes(),
            references: derivation.input_sources().iter().map(StorePath::to_absolute_path).collect(),
        })
    }
}

impl IsoDerivation {
    /// Writes the node's `config.json`, then the derivation that refers to it.
    ///
    /// # Errors
    /// When the stream cannot be written.
    pub fn export<W: Write>(&self, config: &[u8], to: &mut Export<W>) -> io::Result<()> {
        to.file(&self.config_path, config, &[])?;
        to.file(&self.path, &self.aterm, &self.references)
    }
}
