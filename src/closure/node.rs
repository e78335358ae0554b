//! A machine -> the same with its texts read and its paths sorted, for the rules to look things up in.

use super::cache::Cache;
use super::document::Document;
use super::pod::Pod;
use super::unit::{Command, Setting, variables};
use crate::machine::{File, Machine, Origin, Present};
use crate::report::Diagnostic;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Whose things are the user's own.
pub const EXTRA: &str = "extra";

/// A machine, understood.
pub struct Node<'m> {
    pub machine: &'m Machine,
    pub files: BTreeMap<&'m str, &'m File>,
    pub present: BTreeMap<&'m str, &'m Present>,
    /// The files in YAML or JSON.
    pub documents: BTreeMap<&'m str, Rc<Document>>,
    pub units: Vec<Unit<'m>>,
    /// Paths that something on the node may make, itself or below them: volumes, commands and scripts of the user's.
    pub made: BTreeSet<String>,
    /// Every path that is written or present, for the directories above them.
    there: BTreeSet<String>,
}

/// A unit with its drop-ins.
pub struct Unit<'m> {
    pub name: &'m str,
    /// Whether the machine has its text; otherwise that is the operating system's.
    pub is_whole: bool,
    /// Its text, then its drop-ins as systemd reads them: by name.
    pub parts: Vec<(Rc<Vec<Setting>>, &'m Origin)>,
}

/// How a path comes to be on a node.
pub enum There<'m> {
    File(&'m File),
    Present(&'m Present),
    Somehow,
    No,
}

/// What the operating system has or fills itself (Flatcar Container Linux), each with what lies below it. /usr is
/// read-only and part of it; /bin, /sbin and /lib are links there; /var/run is /run.
const SYSTEM: [&str; 42] = [
    "/bin",
    "/boot",
    "/dev",
    "/etc/group",
    "/etc/hosts",
    "/etc/localtime",
    "/etc/lsb-release",
    "/etc/machine-id",
    "/etc/modules-load.d",
    "/etc/motd",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/profile",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/shadow",
    "/etc/ssh",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/sysctl.d",
    "/etc/systemd",
    "/lib",
    "/lib64",
    "/proc",
    "/run",
    "/sbin",
    "/sys",
    "/tmp",
    "/usr",
    "/var/cache",
    "/var/lib/containerd",
    "/var/lib/coreos",
    "/var/lib/dbus",
    "/var/lib/docker",
    "/var/lib/etcd",
    "/var/lib/kubelet",
    "/var/lib/rkt",
    "/var/log",
    "/var/run",
    "/var/tmp",
];

impl<'m> Node<'m> {
    /// Reads a machine.
    pub fn of(machine: &'m Machine, cache: &mut Cache) -> Self {
        let documents = machine.files.iter().filter_map(|f| Some((f.path.as_str(), cache.document(&f.content)?)));
        let documents = documents.collect();
        let units = machine.units.iter().filter(|unit| !unit.mask).map(|unit| {
            let mut drop_ins: Vec<_> = unit.drop_ins.iter().collect();
            drop_ins.sort_by(|a, b| a.name.cmp(&b.name));
            let own = unit.text.iter().map(|text| (text.as_str(), &unit.origin));
            let all = own.chain(drop_ins.into_iter().map(|d| (d.text.as_str(), &d.origin)));
            Unit {
                name: &unit.name,
                is_whole: unit.text.is_some(),
                parts: all.map(|(text, origin)| (cache.unit(text), origin)).collect(),
            }
        });
        let mut node = Self {
            machine,
            files: machine.files.iter().map(|file| (file.path.as_str(), file)).collect(),
            present: machine.present.iter().map(|present| (present.path.as_str(), present)).collect(),
            documents,
            units: units.collect(),
            made: BTreeSet::new(),
            there: BTreeSet::new(),
        };
        let directories = machine.directories.iter().map(|directory| directory.path.as_str());
        let more = directories.chain(machine.links.iter().map(|link| link.path.as_str()));
        let more = more.chain(machine.downloads.iter().map(|download| download.path.as_str()));
        let all = node.files.keys().chain(node.present.keys()).copied().chain(more);
        node.there = all.map(str::to_owned).collect();
        node.made = made(&node);
        node
    }

    /// The static pods, each with the file it is in.
    pub fn pods(&self) -> impl Iterator<Item = (&'m File, &Pod)> {
        self.files.iter().filter_map(|(path, file)| Some((*file, self.documents.get(path)?.pod.as_ref()?)))
    }

    /// How `path` comes to be there.
    pub fn find(&self, path: &str) -> There<'m> {
        if let Some(file) = self.files.get(path) {
            return There::File(file);
        }
        if let Some(present) = self.present.get(path) {
            return There::Present(present);
        }
        let is_there = around(path)
            .any(|at| SYSTEM.contains(&at) || self.made.contains(at) || self.present.contains_key(at))
            || SYSTEM.iter().any(|known| is_above(path, known))
            || self.there.contains(path)
            || self.there.range(format!("{path}/")..).next().is_some_and(|known| is_above(path, known))
            || self.made.range(format!("{path}/")..).next().is_some_and(|known| is_above(path, known));
        if is_there { There::Somehow } else { There::No }
    }

    /// What `Environment=` of a unit says of `name`, the last word on it.
    pub fn variable(&self, unit: &str, name: &str) -> Option<String> {
        let unit = self.units.iter().find(|known| known.name == unit)?;
        let settings = unit.settings().filter(|(setting, _)| setting.key == "Environment");
        settings.flat_map(|(setting, _)| variables(&setting.value)).filter(|(n, _)| n == name).last().map(|(_, v)| v)
    }

    /// A problem of this node, told with its name behind what is wrong.
    pub fn problem(&self, rule: &'static str, origin: &Origin, what: &str, why: &str, help: &str) -> Diagnostic {
        let message = format!("{what} on node {}: {why}", self.machine.name);
        Diagnostic::error(rule, origin.option.clone(), message).help(help)
    }
}

impl<'m> Unit<'m> {
    /// Every setting, and who wants it.
    pub fn settings(&self) -> impl Iterator<Item = (&Setting, &'m Origin)> {
        self.parts.iter().flat_map(|(settings, origin)| settings.iter().map(move |setting| (setting, *origin)))
    }

    /// The commands that it runs, and who wants each. An empty `Exec…=` takes back those before it.
    pub fn commands(&self) -> Vec<(&Command, &'m Origin)> {
        let mut all: Vec<(&str, &Command, &Origin)> = Vec::new();
        for (setting, origin) in self.settings().filter(|(setting, _)| setting.key.starts_with("Exec")) {
            if setting.value.is_empty() {
                all.retain(|(key, ..)| *key != setting.key);
            }
            all.extend(setting.commands.iter().map(|command| (setting.key.as_str(), command, origin)));
        }
        all.into_iter().map(|(_, command, origin)| (command, origin)).collect()
    }
}

/// The paths that something on the node may make. What a component makes it says; here are directories that units and
/// volumes ask for, and whatever a command or script of the user's names, as that may be what it downloads or unpacks.
fn made(node: &Node) -> BTreeSet<String> {
    let mut made = BTreeSet::new();
    for (_, pod) in node.pods() {
        let hosts = pod.volumes.iter().filter_map(|volume| volume.host.as_ref());
        made.extend(hosts.filter(|(_, kind)| kind.ends_with("OrCreate")).map(|(path, _)| path.clone()));
    }
    for unit in &node.units {
        for (setting, _) in unit.settings() {
            let parent = match setting.key.as_str() {
                "StateDirectory" => "/var/lib/",
                "ConfigurationDirectory" => "/etc/",
                "CacheDirectory" | "LogsDirectory" | "RuntimeDirectory" => continue,
                "Where" => "",
                _ => continue,
            };
            made.extend(setting.value.split_whitespace().map(|name| format!("{parent}{name}")));
        }
        for (command, origin) in unit.commands() {
            let program = command.words.first().map(String::as_str).unwrap_or_default();
            let arguments = command.words.get(1..).unwrap_or_default();
            if program.ends_with("/mkdir") {
                made.extend(arguments.iter().filter(|word| word.starts_with('/')).cloned());
            } else if origin.writer == EXTRA && super::flags::known(&command.words).is_none() {
                arguments.iter().for_each(|word| mention(word, &mut made));
            }
        }
    }
    let is_script = |file: &&File| file.origin.writer == EXTRA && (file.mode & 0o111 != 0 || is_tmpfiles(&file.path));
    for file in node.machine.files.iter().filter(is_script) {
        mention(&String::from_utf8_lossy(&file.content), &mut made);
    }
    made
}

/// tmpfiles.d(5).
fn is_tmpfiles(path: &str) -> bool {
    path.starts_with("/etc/tmpfiles.d/")
}

/// Adds the absolute paths of a text. A directory that holds everything is none that something makes.
fn mention(text: &str, made: &mut BTreeSet<String>) {
    let words = text.split(|c: char| !(c.is_alphanumeric() || "/._-+@".contains(c)));
    let paths = words.map(|word| word.trim_end_matches(['/', '.'])).filter(|word| word.starts_with('/'));
    made.extend(
        paths.filter(|path| !["", "/etc", "/var", "/home", "/etc/kubernetes"].contains(path)).map(str::to_owned),
    );
}

/// The path itself and everything above it but `/`.
pub fn around(path: &str) -> impl Iterator<Item = &str> {
    let above = path.match_indices('/').skip(1).filter_map(|(end, _)| path.get(..end));
    std::iter::once(path).chain(above)
}

/// Whether `path` lies below the directory `above`.
pub fn is_above(above: &str, path: &str) -> bool {
    above == "/" || path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
}
