//! A config -> whether the real Ignition applies it to an empty tree, and whether systemd takes its units.

use super::config::{is_spec_2, unless_unknown};
use super::{Look, Scratch, Verdict, stubs};
use serde_json::{Map, Value};
use std::io;
use std::path::Path;

/// What is applied, of all that a config can say: the rest (users, disks, other configs, kernel arguments) is about a
/// machine, and not about a tree.
const APPLIED: [&str; 5] =
    ["/ignition/version", "/storage/directories", "/storage/files", "/storage/links", "/systemd/units"];

pub(super) fn look(look: &mut Look<'_>, name: &str, json: &[u8]) -> io::Result<()> {
    let config: Value = match serde_json::from_slice(json) {
        Ok(config) => config,
        Err(error) => {
            let place = format!("it is no JSON at line {}, column {}", error.line(), error.column());
            look.tell("tinderbox", name, Verdict::Bad(place));
            return Ok(());
        }
    };
    if is_spec_2(json) {
        look.tell("ignition-apply", name, Verdict::Cannot("it applies Ignition 3 alone".to_owned()));
    } else {
        look.by("ignition-apply", name, |program, scratch| applied(program, scratch, &config))?;
    }
    look.by("systemd-analyze", name, |program, scratch| verified(program, scratch, &config))
}

fn applied(program: &Path, scratch: &Scratch, config: &Value) -> io::Result<Verdict> {
    if !scratch.is_roots() {
        return Ok(Verdict::Cannot("only root may give files their owners".to_owned()));
    }
    scratch.write("config.ign", applicable(config).to_string().as_bytes())?;
    std::fs::create_dir(scratch.path().join("root"))?;
    let root = scratch.path().join("root").display().to_string();
    let arguments = ["--offline", "--ignore-unsupported", "--root", &root, "config.ign"];
    Ok(unless_unknown(failures(scratch.run(program, &arguments, b"")?.verdict())))
}

/// The last line that Ignition logs is why it ended.
fn failures(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Bad(said) => Verdict::Bad(said.lines().last().unwrap_or_default().to_owned()),
        verdict => verdict,
    }
}

/// The config without what is fetched and what no empty tree can be given.
fn applicable(config: &Value) -> Value {
    let mut out = Map::new();
    for pointer in APPLIED {
        let mut names = pointer.split('/').skip(1);
        let (Some(section), Some(name), Some(mut value)) =
            (names.next(), names.next(), config.pointer(pointer).cloned())
        else {
            continue;
        };
        if let (Value::Array(items), "units") = (&mut value, name) {
            // It asks the systemd that runs, for its version, before it enables an instance of a template.
            let is_instance = |unit: &Value| text(unit, "name").is_some_and(|name| name.contains('@'));
            for unit in items.iter_mut().filter(|unit| is_instance(unit)).filter_map(Value::as_object_mut) {
                unit.remove("enabled");
            }
        }
        if let (Value::Array(items), "files") = (&mut value, name) {
            items.retain(|file| {
                let source = file.pointer("/contents/source").and_then(Value::as_str);
                source.is_none_or(|source| source.starts_with("data:")) && file.get("append").is_none()
            });
        }
        if let Value::Object(section) = out.entry(section).or_insert_with(|| Map::new().into()) {
            section.insert(name.to_owned(), value);
        }
    }
    Value::Object(out)
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

/// Writes the units as Ignition does, of every version of the spec, and has systemd read them.
fn verified(program: &Path, scratch: &Scratch, config: &Value) -> io::Result<Verdict> {
    let units = config.pointer("/systemd/units").and_then(Value::as_array);
    let units: Vec<_> =
        units.into_iter().flatten().filter(|unit| unit.get("mask") != Some(&Value::Bool(true))).collect();
    let (mut names, mut with_text, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    let mut files = std::collections::BTreeMap::new();
    for unit in units {
        let Some(name) = text(unit, "name").filter(|name| stubs::is_name(name)) else {
            return Ok(Verdict::Bad("a unit has a name that is none".to_owned()));
        };
        let drop_ins = unit.get("dropins").and_then(Value::as_array).into_iter().flatten();
        for drop_in in drop_ins {
            let (Some(file), Some(content)) = (text(drop_in, "name"), text(drop_in, "contents")) else { continue };
            if !stubs::is_name(file) {
                return Ok(Verdict::Bad(format!("{name} has a drop-in with a name that is none")));
            }
            texts.push(content);
            files.insert(format!("etc/systemd/system/{name}.d/{file}"), content);
            names.push(name);
        }
        if let Some(content) = text(unit, "contents").filter(|content| !content.is_empty()) {
            texts.push(content);
            files.insert(format!("etc/systemd/system/{name}"), content);
            with_text.push(name);
            names.push(name);
        }
    }
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return Ok(Verdict::Good);
    }
    let changed: Vec<_> = names.iter().copied().filter(|name| !with_text.contains(name)).collect();
    stubs::write(scratch, &texts, &changed)?;
    for (path, content) in files {
        scratch.write_mode(&path, content.as_bytes(), 0o644)?;
    }
    let root = format!("--root={}", scratch.path().display());
    let arguments: Vec<_> = ["verify", "--man=no", &root, "--"].into_iter().chain(names).collect();
    let said = scratch.run(program, &arguments, b"")?;
    Ok(match (said.success, said.err.is_empty()) {
        // Such as a setting that this systemd does not know; that of the machine may.
        (Some(true), false) => Verdict::Remark(said.err),
        _ => said.verdict(),
    })
}
