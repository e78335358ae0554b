//! A machine -> its Butane config, which refers to files beside it with `local:` ([`local`]).
//!
//! The language is that of butane 0.28.0 (docs/config-flatcar-v1_1.md, docs/config-fcos-v1_6.md and their like); the
//! order of the sections is the one a person writes them in.

use super::ignition3::{NETWORK_MODE, authorized_keys, network_path};
use super::local;
use super::target::Target;
use crate::machine::{Directory, Download, DropIn, File, Link, Machine, Network, Unit, User};
use crate::text::yaml::{Yaml, write, write_sections};

/// The Butane config of a machine, with a final newline. Of a target that no butane makes it has no version, and butane
/// refuses it.
pub fn config(machine: &Machine, target: Target) -> String {
    let (variant, version) = target.butane().unwrap_or_default();
    let header = write(&Yaml::map([("variant", variant), ("version", version)]));
    let files = machine.files.iter().map(file);
    let files = files.chain(machine.networks.iter().map(network)).chain(machine.downloads.iter().map(download));
    let storage = [
        ("directories", machine.directories.iter().map(directory).collect()),
        ("files", files.collect()),
        ("links", machine.links.iter().map(link).collect()),
    ];
    let arguments = machine.kernel_arguments.iter().map(|argument| Yaml::from(argument.text.as_str()));
    let sections = [
        ("passwd", lists([("users", machine.users.iter().map(user).collect())])),
        ("storage", lists(storage)),
        ("systemd", lists([("units", machine.units.iter().map(unit).collect())])),
        ("kernel_arguments", lists([("should_exist", arguments.collect())])),
    ];
    let sections = Yaml::map(sections.into_iter().filter_map(|(name, section)| Some((name, section?))));
    match sections == Yaml::Map(Vec::new()) {
        true => header,
        false => format!("{header}\n{}", write_sections(&sections)),
    }
}

/// A section of those lists that have something in them; `None` without any.
fn lists<const N: usize>(lists: [(&str, Vec<Yaml>); N]) -> Option<Yaml> {
    let mut lists = lists.into_iter().filter(|(_, list)| !list.is_empty()).peekable();
    lists.peek().is_some().then(|| Yaml::map(lists.map(|(name, list)| (name, Yaml::Seq(list)))))
}

fn user(user: &User) -> Yaml {
    let mut fields = vec![("name", Yaml::from(user.name.as_str()))];
    let keys = authorized_keys(user);
    if !keys.is_empty() {
        fields.push(("ssh_authorized_keys", Yaml::seq(keys)));
    }
    fields.extend(user.password_hash.as_deref().map(|hash| ("password_hash", hash.into())));
    Yaml::map(fields)
}

fn directory(directory: &Directory) -> Yaml {
    let mut fields = vec![("path", Yaml::from(directory.path.as_str())), ("mode", Yaml::Octal(directory.mode))];
    fields.extend(owner(directory.owner));
    Yaml::map(fields)
}

fn file(file: &File) -> Yaml {
    node(&file.path, file.mode, file.owner, Yaml::map([local::contents(file)]))
}

/// In the config itself, whatever its length: it is what a person looks for.
fn network(network: &Network) -> Yaml {
    node(&network_path(network), NETWORK_MODE, 0, Yaml::map([("inline", network.text.as_str())]))
}

fn download(download: &Download) -> Yaml {
    let verification = Yaml::map([("hash", download.hash.as_str())]);
    let contents = Yaml::map([("source", Yaml::from(download.url.as_str())), ("verification", verification)]);
    node(&download.path, download.mode, 0, contents)
}

/// What is there already is replaced, as it was by default in spec 2: without it the first boot fails.
fn node(path: &str, mode: u32, id: u32, contents: Yaml) -> Yaml {
    let mut fields = vec![("path", path.into()), ("overwrite", true.into()), ("mode", Yaml::Octal(mode))];
    fields.extend(owner(id));
    fields.push(("contents", contents));
    Yaml::map(fields)
}

/// By number: where Ignition runs, the operating system's users have no names yet.
fn owner(id: u32) -> impl Iterator<Item = (&'static str, Yaml)> {
    let names = ["user", "group"].into_iter().filter(move |_| id != 0);
    names.map(move |name| (name, Yaml::map([("id", i64::from(id))])))
}

fn link(link: &Link) -> Yaml {
    Yaml::map([
        ("path", Yaml::from(link.path.as_str())),
        ("overwrite", true.into()),
        ("target", link.target.as_str().into()),
    ])
}

fn unit(unit: &Unit) -> Yaml {
    let mut fields = vec![("name", Yaml::from(unit.name.as_str()))];
    fields.extend(unit.enabled.map(|enabled| ("enabled", enabled.into())));
    if unit.mask {
        fields.push(("mask", true.into()));
    }
    fields.extend(unit.text.as_deref().map(|text| ("contents", text.into())));
    if !unit.drop_ins.is_empty() {
        fields.push(("dropins", Yaml::seq(unit.drop_ins.iter().map(drop_in))));
    }
    Yaml::map(fields)
}

fn drop_in(drop_in: &DropIn) -> Yaml {
    Yaml::map([("name", drop_in.name.as_str()), ("contents", &drop_in.text)])
}
