//! A node's configs -> whether the transpiler makes the one of the other, and whether Ignition's validator takes it.

use super::{Look, Scratch, Verdict, tree};
use base64ct::{Base64, Encoding};
use flate2::read::GzDecoder;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::io::{self, Read};
use std::path::Path;

/// The most bytes that a compressed file may become.
const MOST: u64 = 1 << 30;

pub(super) fn look(look: &mut Look<'_>, config: Option<&[u8]>) -> io::Result<()> {
    for (tool, name) in [("ct", "config.yaml"), ("butane", "config.bu")] {
        let (Some(readable), Some(json)) = (look.read(name)?, config) else { continue };
        let files = files(look)?;
        look.by(tool, name, |program, scratch| transpiled(tool, program, scratch, &readable, &files, json))?;
    }
    for name in ["config.json", "install.json", "stub.json"] {
        let Some(json) = look.read(name)? else { continue };
        if is_spec_2(&json) {
            look.tell("ignition-validate", name, Verdict::Cannot("it reads Ignition 3 alone".to_owned()));
            continue;
        }
        look.by("ignition-validate", name, |program, scratch| {
            Ok(unless_unknown(scratch.run(program, &["-"], &json)?.verdict()))
        })?;
    }
    Ok(())
}

/// Whether `ignition.version` is one of the specs that Ignition 2.x, whose programs these are, no longer reads.
pub(super) fn is_spec_2(json: &[u8]) -> bool {
    let value: Option<Value> = serde_json::from_slice(json).ok();
    let version = value.as_ref().and_then(|value| value.pointer("/ignition/version")?.as_str());
    version.is_some_and(|version| version.starts_with("2."))
}

/// A tool that is older than the config says nothing of it (ignition, config/shared/errors: ErrUnknownVersion).
pub(super) fn unless_unknown(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Bad(said) if said.contains("unsupported config version") => {
            Verdict::Cannot("it does not know this version of the spec".to_owned())
        }
        verdict => verdict,
    }
}

/// What lies in `files/`, relative to it.
pub(super) fn files(look: &Look<'_>) -> io::Result<Vec<(String, Vec<u8>)>> {
    let root = Path::new(look.node.as_deref().unwrap_or_default()).join("files");
    let mut found = Vec::new();
    for path in &look.tree.files {
        let Some(name) = path.strip_prefix(&root).ok().and_then(Path::to_str) else { continue };
        match look.tree.read(path) {
            Ok(content) => found.extend(content.map(|content| (name.to_owned(), content))),
            Err(tree::Refused::Odd) => {}
            Err(tree::Refused::Io(error)) => return Err(error),
        }
    }
    Ok(found)
}

fn transpiled(
    tool: &str,
    program: &Path,
    scratch: &Scratch,
    readable: &[u8],
    files: &[(String, Vec<u8>)],
    json: &[u8],
) -> io::Result<Verdict> {
    std::fs::create_dir(scratch.path().join("files"))?;
    for (name, content) in files {
        scratch.write(&format!("files/{name}"), content)?;
    }
    let arguments = if tool == "ct" { ["-strict", "-files-dir"] } else { ["--strict", "--files-dir"] };
    let said = scratch.run(program, &[arguments[0], arguments[1], "files"], readable)?;
    if said.success != Some(true) {
        return Ok(said.verdict());
    }
    if said.out == json {
        return Ok(Verdict::Good);
    }
    let [theirs, own] = [said.out.as_slice(), json].map(serde_json::from_slice::<Value>);
    let (Ok(theirs), Ok(own)) = (theirs, own) else {
        return Ok(Verdict::Bad("config.json is no JSON".to_owned()));
    };
    Ok(match difference(&unpacked(own), &unpacked(theirs), "") {
        None => Verdict::Good,
        // Where, and not what: it may be a key.
        Some(place) => Verdict::Bad(format!("config.json has something else at {place}")),
    })
}

/// The config with each file's content in place of the URL that stands for it. Which of several URLs stands for a
/// content, and the bytes of what is compressed, are each tool's own affair (docs/architecture.md, "Decisions").
fn unpacked(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(unpacked).collect(),
        Value::Object(fields) => {
            let text = |name| fields.get(name).and_then(Value::as_str);
            if let Some(content) = text("source").and_then(|url| content(text("compression").unwrap_or_default(), url))
            {
                let mut fields = fields;
                fields.remove("compression");
                fields.insert("source".to_owned(), Base64::encode_string(&content).into());
                return Value::Object(fields);
            }
            Value::Object(fields.into_iter().map(|(name, field)| (name, unpacked(field))).collect())
        }
        other => other,
    }
}

/// What a `data:` URL without parameters but `base64` stands for.
pub(super) fn content(compression: &str, url: &str) -> Option<Vec<u8>> {
    let bytes = match url.strip_prefix("data:;base64,") {
        Some(base64) => Base64::decode_vec(base64).ok()?,
        None => percent_decode_str(url.strip_prefix("data:,")?).collect(),
    };
    if compression != "gzip" {
        return Some(bytes);
    }
    let mut content = Vec::new();
    GzDecoder::new(bytes.as_slice()).take(MOST).read_to_end(&mut content).ok()?;
    Some(content)
}

/// The first place where two values differ.
fn difference(own: &Value, theirs: &Value, at: &str) -> Option<String> {
    match (own, theirs) {
        (Value::Object(own), Value::Object(theirs)) => {
            let keys = own.keys().chain(theirs.keys().filter(|key| !own.contains_key(*key)));
            keys.into_iter().find_map(|key| {
                let below = format!("{at}/{}", key.escape_debug());
                match (own.get(key), theirs.get(key)) {
                    (Some(own), Some(theirs)) => difference(own, theirs, &below),
                    _ => Some(below),
                }
            })
        }
        (Value::Array(own), Value::Array(theirs)) if own.len() == theirs.len() => {
            let mut pairs = own.iter().zip(theirs).enumerate();
            pairs.find_map(|(n, (own, theirs))| difference(own, theirs, &format!("{at}/{n}")))
        }
        _ => (own != theirs).then(|| if at.is_empty() { "/".to_owned() } else { at.to_owned() }),
    }
}
