//! Bytes -> [`Document`], or one problem told with the option path and, for broken JSON, line and column.

use super::Document;
use crate::report::{Diagnostic, OptionPath};
use serde::Deserialize;
use serde_json::error::Category;
use serde_path_to_error::Segment;

/// The `schema` of the `cluster.json` that this program reads, as `nix/export.nix` writes it.
pub const SCHEMA: u64 = 3;

/// Reads the bytes of a `cluster.json`.
///
/// # Errors
/// The first thing that is not as the contract says: bytes that are not JSON, another `schema`, a field that is
/// missing, unknown or of another type.
pub fn read(bytes: &[u8]) -> Result<Document, Box<Diagnostic>> {
    match serde_json::from_slice::<Document>(bytes) {
        Ok(document) if document.schema == SCHEMA => Ok(document),
        Ok(document) => Err(Box::new(wrong_schema(document.schema))),
        Err(error) => Err(Box::new(explain(bytes, &error))),
    }
}

fn explain(bytes: &[u8], error: &serde_json::Error) -> Diagnostic {
    if matches!(error.classify(), Category::Syntax | Category::Eof | Category::Io) {
        return Diagnostic::error("json-syntax", OptionPath::of("cluster"), format!("not a cluster.json: {error}"))
            .help("give a cluster.json that modules/ exported, or a .nix file");
    }

    #[derive(Deserialize)]
    struct Version {
        schema: u64,
    }
    if let Ok(Version { schema }) = serde_json::from_slice(bytes)
        && schema != SCHEMA
    {
        return wrong_schema(schema);
    }

    // A second, slower pass that keeps track of where it is; only a broken description pays for it.
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let Err(error) = serde_path_to_error::deserialize::<_, Document>(&mut json) else {
        // Unreachable: the first pass refused the same bytes.
        return Diagnostic::error("json-shape", OptionPath::of("cluster"), error.to_string());
    };
    // What stands beside the fields of the document, or in place of it, is told at the whole.
    let known = |step: Option<&Segment>| matches!(step, Some(Segment::Map { key }) if ["schema", "cluster", "origins"].contains(&key.as_str()));
    let path = match known(error.path().iter().next()) {
        true => option(&error),
        false => OptionPath::of("cluster"),
    };
    // The path says more than serde's line and column, which are those of the exported text.
    let message = error.inner().to_string();
    let message = message.split(" at line ").next().unwrap_or(&message);
    Diagnostic::error("json-shape", path, message).help(
        "this field is not as this version of tinderbox expects it: export the description again with the modules of the same version",
    )
}

/// The option that an error is at.
fn option(error: &serde_path_to_error::Error<serde_json::Error>) -> OptionPath {
    error.path().iter().fold(OptionPath::default(), |path, step| match step {
        Segment::Seq { index } => path.index(*index),
        Segment::Map { key } => path.attr(key),
        Segment::Enum { variant } => path.attr(variant),
        Segment::Unknown => path,
    })
}

fn wrong_schema(found: u64) -> Diagnostic {
    Diagnostic::error(
        "json-schema",
        OptionPath::of("schema"),
        format!("{found} is not a schema that this version of tinderbox reads; it reads {SCHEMA}"),
    )
    .help("export the description again with the modules of the same version")
}
