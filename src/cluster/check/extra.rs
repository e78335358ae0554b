//! Rules for files, units and manifests of the user's own.

use super::super::facts::Facts;
use super::{
    Findings,
    names::{READ_ONLY, WRITABLE, is_clean_path, is_read_only},
};
use crate::report::OptionPath;
use crate::spec::Extra;
use crate::text::unit::{self, UnitProblem};

/// `cluster.extra`, then each node's.
fn extras<'a>(facts: &Facts<'a>) -> impl Iterator<Item = (OptionPath, &'a Extra, bool)> {
    let any_kubelet = facts.nodes.iter().any(|n| n.has_kubelet());
    let cluster = (OptionPath::of("cluster.extra"), &facts.spec.extra, any_kubelet);
    let nodes = facts.nodes.iter().map(|node| (node.path().attr("extra"), &node.spec.extra, node.has_kubelet()));
    // Collected, because the paths borrow from `facts`, which the caller holds.
    std::iter::once(cluster).chain(nodes).collect::<Vec<_>>().into_iter()
}

pub fn file_paths(facts: &Facts, findings: &mut Findings) {
    for (at, extra, _) in extras(facts) {
        for path in extra.files.keys() {
            let option = || at.clone().attr("files").attr(path);
            let first = path.split('/').nth(1).unwrap_or_default();
            if !is_clean_path(path) {
                findings.error(
                    option(),
                    format!("{path:?} is not an absolute, clean path"),
                    "start with /, leave out //, . and .. and a last /",
                );
            } else if is_read_only(path) {
                findings.error(option(), format!("{path:?} {READ_ONLY}"), WRITABLE);
            } else if ["dev", "proc", "run", "sys", "tmp"].contains(&first) {
                findings.error(
                    option(),
                    format!("{path:?} would be gone when the node is up: /{first} is filled anew at each boot"),
                    WRITABLE,
                );
            }
        }
    }
}

/// `0644` and the like: the permissions, or `None`.
pub fn mode(text: &str) -> Option<u32> {
    let octal = text.strip_prefix('0').filter(|digits| !digits.is_empty() && digits.len() <= 4)?;
    octal
        .bytes()
        .all(|b| (b'0'..=b'7').contains(&b))
        .then(|| u32::from_str_radix(octal, 8).ok())
        .flatten()
        .filter(|mode| *mode <= 0o7777)
}

pub fn file_modes(facts: &Facts, findings: &mut Findings) {
    for (at, extra, _) in extras(facts) {
        for (path, file) in extra.files.iter().filter(|(_, file)| mode(&file.mode).is_none()) {
            findings.error(
                at.clone().attr("files").attr(path).attr("mode"),
                format!("{:?} is not a file mode", file.mode),
                "write it octal with a leading 0, such as \"0644\"; without the 0 it would mean something else",
            );
        }
    }
}

/// systemd.unit(5): letters, digits, `:-_.\` and one `@`, a known ending, at most 255 characters.
fn is_unit_name(name: &str) -> bool {
    const KINDS: [&str; 11] =
        ["service", "socket", "device", "mount", "automount", "swap", "target", "path", "timer", "slice", "scope"];
    name.rsplit_once('.').is_some_and(|(stem, kind)| {
        KINDS.contains(&kind)
            && !stem.is_empty()
            && name.len() <= 255
            && stem.matches('@').count() <= 1
            && !stem.starts_with(['@', '.'])
            && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b":-_.\\@".contains(&b))
    })
}

pub fn unit_names(facts: &Facts, findings: &mut Findings) {
    for (at, extra, _) in extras(facts) {
        for (name, unit) in &extra.units {
            let path = at.clone().attr("units").attr(name);
            if !is_unit_name(name) {
                findings.error(
                    path.clone(),
                    format!("{name:?} is not the name of a unit"),
                    "use letters, digits and `:-_.\\@`, and an ending such as .service",
                );
            }
            for drop_in in unit.drop_ins.keys() {
                let good = drop_in.ends_with(".conf")
                    && drop_in.len() <= 255
                    && drop_in.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.@:+".contains(&b))
                    && !drop_in.starts_with('.');
                if !good {
                    findings.error(
                        path.clone().attr("dropIns").attr(drop_in),
                        format!("{drop_in:?} is not the name of a drop-in"),
                        "use letters, digits, `.`, `_` and `-`, and the ending .conf",
                    );
                }
            }
        }
    }
}

pub fn unit_text(facts: &Facts, findings: &mut Findings) {
    let mut read = |path: OptionPath, text: &str| {
        for problem in unit::problems(text) {
            let help = match problem {
                UnitProblem::UnclosedSection(_) => "close the section, such as `[Service]`",
                UnitProblem::GarbageAfterSection(_) => "put what follows `]` on a line of its own",
                UnitProblem::NewlineInName(_) | UnitProblem::EndInName(_) => {
                    "a line is `Name=value`, a `[Section]` or a comment that starts with `#`"
                }
                UnitProblem::LineTooLong(_) => "break it, with a `\\` at the end of all its lines but the last",
            };
            findings.error(path.clone(), problem.to_string(), help);
        }
        if let Some(control) = text.chars().find(|c| c.is_control() && !"\n\t".contains(*c)) {
            findings.error(path.clone(), format!("has the control character {control:?}"), "a unit is text; remove it");
        }
    };
    for (at, extra, _) in extras(facts) {
        for (name, unit) in &extra.units {
            let path = at.clone().attr("units").attr(name);
            if let Some(text) = &unit.text {
                read(path.clone().attr("text"), text);
            }
            for (drop_in, text) in &unit.drop_ins {
                read(path.clone().attr("dropIns").attr(drop_in), text);
            }
        }
    }
}

pub fn unit_install(facts: &Facts, findings: &mut Findings) {
    for (at, extra, _) in extras(facts) {
        for (name, extra_unit) in &extra.units {
            let path = at.clone().attr("units").attr(name);
            if let Some(text) = &extra_unit.text
                && extra_unit.enable == Some(true)
                && !text.is_empty()
                && !unit::has_install_section(text)
            {
                findings.error(
                    path.clone().attr("enable"),
                    format!("true, but {name} has no [Install] section, so nothing would start it"),
                    "add a section such as `[Install]` with `WantedBy=multi-user.target`",
                );
            }
            if extra_unit.mask && (extra_unit.text.is_some() || extra_unit.enable == Some(true)) {
                findings.error(
                    path.attr("mask"),
                    format!("true, and {name} is given a text or enabled too"),
                    "a masked unit never starts; choose one",
                );
            }
        }
    }
}

pub fn manifest_names(facts: &Facts, findings: &mut Findings) {
    for (at, extra, _) in extras(facts) {
        for name in extra.manifests.keys() {
            let good = [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end))
                && name.len() <= 255
                && !name.starts_with('.')
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
            if !good {
                findings.error(
                    at.clone().attr("manifests").attr(name),
                    format!("{name:?} is not the name of a manifest"),
                    "use letters, digits, `.`, `_` and `-`, and the ending .yaml",
                );
            }
        }
    }
}

/// The fields that say what a manifest is.
const HEADS: [&str; 2] = ["apiVersion", "kind"];

pub fn manifests(facts: &Facts, findings: &mut Findings) {
    for (at, extra, _) in extras(facts) {
        for (name, manifest) in &extra.manifests {
            let path = at.clone().attr("manifests").attr(name);
            let heads = match (&manifest.text, &manifest.value) {
                (None, Some(value)) => HEADS.map(|key| value.get(key).and_then(|v| v.as_str()).map(str::to_owned)),
                (Some(text), None) => match serde_yaml::from_str::<serde_yaml::Value>(text) {
                    Ok(value) => HEADS.map(|key| value.get(key).and_then(|v| v.as_str()).map(str::to_owned)),
                    Err(problem) => {
                        findings.error(
                            path.attr("text"),
                            format!("is not one YAML document: {problem}"),
                            "mend it; each pod has a manifest of its own, and a Nix set goes into `value`",
                        );
                        continue;
                    }
                },
                (given, _) => {
                    let how = if given.is_some() { "both a text and a value" } else { "neither a text nor a value" };
                    findings.error(path, format!("has {how}"), "give either `text` or `value`");
                    continue;
                }
            };
            match heads.each_ref().map(Option::as_deref) {
                [Some("v1"), Some("Pod")] => {}
                [Some(version), Some(kind)] => findings.error(
                    path,
                    format!("is a {kind} of {version}, and the kubelet runs pods alone"),
                    "make it with kubectl once the cluster is up, or write it as a pod",
                ),
                _ => findings.error(
                    path,
                    "has no apiVersion or no kind",
                    "a static pod starts with `apiVersion: v1` and `kind: Pod`",
                ),
            }
        }
    }
}

pub fn manifest_nodes(facts: &Facts, findings: &mut Findings) {
    for (at, extra, kubelet) in extras(facts) {
        if let Some(name) = extra.manifests.keys().next().filter(|_| !kubelet) {
            findings.error(
                at.attr("manifests").attr(name),
                "there is no kubelet to run it",
                "give a node that is to run it the role \"worker\", or set its `kubelet.standalone`",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_octal_with_a_leading_zero() {
        assert_eq!(mode("0644"), Some(0o644));
        assert_eq!(mode("04755"), Some(0o4755));
        for bad in ["644", "0", "", "0888", "0o644", "017777", "+0644", "0x1a4"] {
            assert_eq!(mode(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_unit_name_has_a_known_ending() {
        for good in ["a.service", "getty@tty1.service", "systemd-fsck@dev-x\\x2dy.service", "a.b.timer"] {
            assert!(is_unit_name(good), "{good}");
        }
        for bad in ["a", ".service", "a.conf", "a b.service", "../a.service", "a@b@c.service", "@a.service"] {
            assert!(!is_unit_name(bad), "{bad}");
        }
    }
}
