//! The units of a config -> what must be around them for systemd to look at them alone: the operating system's units
//! that they name, and the programs that it or a download brings.

use super::Scratch;
use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path};

/// What every unit names without saying so, and what enables most.
const ALWAYS: [&str; 4] = ["basic.target", "multi-user.target", "shutdown.target", "sysinit.target"];
/// Settings whose values are names of units (systemd.unit(5)).
const NAMING: [&str; 14] = [
    "After",
    "Before",
    "BindsTo",
    "Conflicts",
    "OnFailure",
    "OnSuccess",
    "PartOf",
    "PropagatesReloadTo",
    "Requires",
    "Requisite",
    "Service",
    "Sockets",
    "Upholds",
    "Wants",
];
/// What a stub of each kind of unit must say to be one.
const KINDS: [(&str, &str); 5] = [
    (".service", "[Service]\nExecStart=/bin/sh\n"),
    (".target", "[Unit]\n"),
    (".socket", "[Socket]\nListenStream=/run/stub\n"),
    (".timer", "[Timer]\nOnBootSec=1\n"),
    (".path", "[Path]\nPathExists=/run/stub\n"),
];

/// Whether a name is that of a unit or a drop-in, and of nothing else in the file system.
pub(super) fn is_name(name: &str) -> bool {
    let is_usual = |c: char| c.is_ascii_alphanumeric() || ":-_.\\@".contains(c);
    !name.starts_with('.') && name.len() < 256 && !name.is_empty() && name.chars().all(is_usual)
}

/// Writes stubs for what the texts name, except for the units that are there by themselves.
pub(super) fn write(scratch: &Scratch, texts: &[&str], changed: &[&str]) -> io::Result<()> {
    let mut units: BTreeSet<String> = ALWAYS.into_iter().chain(changed.iter().copied()).map(str::to_owned).collect();
    let mut programs = BTreeSet::from(["bin/sh".to_owned()]);
    for line in texts.iter().flat_map(|text| lines(text)) {
        let Some((key, value)) = line.split_once('=') else { continue };
        let key = key.trim();
        if NAMING.contains(&key) {
            units.extend(value.split_whitespace().filter(|name| is_name(name)).map(str::to_owned));
        } else if key.starts_with("Exec") {
            programs.extend(program(value));
        }
    }
    for name in units {
        if let Some((_, text)) = KINDS.iter().find(|(ending, _)| name.ends_with(ending)) {
            scratch.write(&format!("usr/lib/systemd/system/{name}"), text.as_bytes())?;
        }
    }
    for (number, path) in programs.iter().enumerate() {
        // One that lies below another cannot be there; what systemd says of it is right.
        let is_below = programs.iter().take(number).any(|other| path.starts_with(&format!("{other}/")));
        if !is_below {
            scratch.write_mode(path, b"", 0o700)?;
        }
    }
    Ok(())
}

/// The lines of a unit, each with those that continue it.
fn lines(text: &str) -> Vec<String> {
    text.replace("\\\n", " ").lines().map(|line| line.trim().to_owned()).collect()
}

/// The program of a command line (systemd.service(5), "Command lines"), relative to the root.
fn program(command: &str) -> Option<String> {
    let word = command.split_whitespace().next()?.trim_start_matches(['-', '@', ':', '+', '!', '|']);
    let path = word.trim_matches(['"', '\'']).strip_prefix('/')?;
    let is_clean = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    let is_ours = ["etc/systemd", "usr/lib/systemd/system"].iter().any(|ours| path.starts_with(ours));
    (is_clean && !is_ours && !path.is_empty() && !path.ends_with('/') && path.len() < 1024).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_the_first_word_without_its_signs() {
        assert_eq!(program("-/usr/bin/rkt rm --uuid-file=/x").as_deref(), Some("usr/bin/rkt"));
        assert_eq!(program("@!!\"/bin/a\" b").as_deref(), Some("bin/a"));
        for odd in ["", "rkt", "/../etc/passwd", "/", "/etc/systemd/system/a.service", "/a/"] {
            assert_eq!(program(odd), None, "{odd}");
        }
    }

    #[test]
    fn no_name_leads_anywhere() {
        assert!(is_name("a@b-\\x2d.service") && is_name("50-a.conf"));
        for odd in ["", ".", "..", "../a.service", "a/b", ".a", "a b", "a\n"] {
            assert!(!is_name(odd), "{odd}");
        }
    }
}
