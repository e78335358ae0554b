//! What components want on a machine -> the machine: files, units, drop-ins, networks and a user, each path written
//! once.
//!
//! The machine knows systemd and the file system of a node, and neither a cluster nor the language it is encoded in.

mod behaviour;
mod parts;

pub use behaviour::{Dial, Listener, Override, Present};
pub use parts::{
    Directory, Download, DropIn, EtcdMember, FlannelDaemon, KernelArgument, Link, Network, Setting, Unit, User,
};

use crate::report::{Diagnostic, OptionPath, Report};
use std::collections::BTreeMap;
use std::fmt;

/// The drop-in of `etcd-member.service` that the transpiler writes for the section `etcd`.
pub const ETCD_DROP_IN: &str = "20-clct-etcd-member.conf";
/// The drop-in of `flanneld.service` that the transpiler writes for the section `flannel`.
pub const FLANNEL_DROP_IN: &str = "20-clct-flannel.conf";

/// Who wants something on a machine, and the option that makes them want it.
#[derive(Clone, Debug)]
pub struct Origin {
    /// A component, such as `kube-apiserver`, or `extra`.
    pub writer: &'static str,
    /// The option to change.
    pub option: OptionPath,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.writer, self.option)
    }
}

/// A file.
#[derive(Debug)]
pub struct File {
    /// Absolute and clean.
    pub path: String,
    /// Permissions.
    pub mode: u32,
    /// User id and group id; 0 is root.
    pub owner: u32,
    /// Content.
    pub content: Vec<u8>,
    /// Whether whoever can read it can take over something.
    pub secret: bool,
    /// Who wants it.
    pub origin: Origin,
}

/// Everything a machine is told at first boot, and what is known of how it behaves then.
#[derive(Debug)]
pub struct Machine {
    /// The node's name.
    pub name: String,
    /// Who may log in.
    pub users: Vec<User>,
    /// Files, in the order they were added.
    pub files: Vec<File>,
    /// Directories of their own, in the order they were added. Those above a file are there without being named.
    pub directories: Vec<Directory>,
    /// Links, in the order they were added.
    pub links: Vec<Link>,
    /// What is fetched at first boot, in the order it was added.
    pub downloads: Vec<Download>,
    /// What the kernel is told, in the order it was added.
    pub kernel_arguments: Vec<KernelArgument>,
    /// Network units.
    pub networks: Vec<Network>,
    /// etcd.
    pub etcd: Option<EtcdMember>,
    /// flannel.
    pub flannel: Option<FlannelDaemon>,
    /// Units, in the order they were added, each name once.
    pub units: Vec<Unit>,
    /// Addresses and DNS names under which other machines reach it.
    pub reached_as: Vec<String>,
    /// What listens on it.
    pub listeners: Vec<Listener>,
    /// What it connects to, besides what its files say.
    pub dials: Vec<Dial>,
    /// Files that are there without being written at first boot.
    pub present: Vec<Present>,
    /// What was to replace something.
    pub overrides: Vec<Override>,
    /// Unit -> who masks it.
    pub masked: BTreeMap<String, Origin>,
}

impl Machine {
    /// Whether something on it is secret.
    pub fn has_secrets(&self) -> bool {
        self.files.iter().any(|file| file.secret)
    }
}

/// A machine in the making. Two writers of one path are kept as problems, so that all are told at once.
#[derive(Debug)]
pub struct Builder {
    machine: Machine,
    /// Path on the node -> who writes it.
    taken: BTreeMap<String, Origin>,
    report: Report,
}

impl Builder {
    /// An empty machine.
    pub fn new(name: &str) -> Self {
        Self {
            machine: Machine {
                name: name.to_owned(),
                users: Vec::new(),
                files: Vec::new(),
                directories: Vec::new(),
                links: Vec::new(),
                downloads: Vec::new(),
                kernel_arguments: Vec::new(),
                networks: Vec::new(),
                etcd: None,
                flannel: None,
                units: Vec::new(),
                reached_as: Vec::new(),
                listeners: Vec::new(),
                dials: Vec::new(),
                present: Vec::new(),
                overrides: Vec::new(),
                masked: BTreeMap::new(),
            },
            taken: BTreeMap::new(),
            report: Report::default(),
        }
    }

    /// The machine.
    ///
    /// # Errors
    /// Every path that two wanted to write, and every one that lies below another's file.
    pub fn finish(mut self) -> Result<Machine, Report> {
        let mut below = Vec::new();
        for directory in &self.machine.directories {
            if let Some(owner) = self.taken.get(&directory.path) {
                let what = format!("{} is a file and a directory", directory.path);
                below.push(conflict(&what, owner, &directory.origin));
            }
        }
        let directories = self.machine.directories.iter().map(|directory| (&directory.path, &directory.origin));
        for (path, origin) in self.taken.iter().chain(directories) {
            let parents = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
            for (parent, owner) in parents.filter_map(|parent| Some((parent, self.taken.get(parent)?))) {
                below.push(conflict(&format!("{path} lies below the file {parent}"), owner, origin));
            }
        }
        below.into_iter().for_each(|problem| self.report.push(problem));
        if self.report.is_empty() { Ok(self.machine) } else { Err(self.report) }
    }

    /// Adds a user.
    pub fn user(&mut self, user: User) {
        self.machine.users.push(user);
    }

    /// Says that the machine cannot be made.
    pub fn problem(&mut self, problem: Diagnostic) {
        self.report.push(problem);
    }

    /// Says that other machines reach this one under `name`, an address or a DNS name.
    pub fn reached_as(&mut self, name: impl ToString) {
        self.machine.reached_as.push(name.to_string());
    }

    /// Says that something listens.
    pub fn listen(&mut self, listener: Listener) {
        self.machine.listeners.push(listener);
    }

    /// Says that something connects.
    pub fn dial(&mut self, dial: Dial) {
        self.machine.dials.push(dial);
    }

    /// Says that a file will be there.
    pub fn present(&mut self, present: Present) {
        self.machine.present.push(present);
    }

    /// Adds a file that nobody else writes.
    pub fn file(&mut self, file: File) {
        if self.take(&file.path, &file.origin) {
            self.machine.files.push(file);
        }
    }

    /// Adds a directory. Several may want it, if they want the same.
    pub fn directory(&mut self, directory: Directory) {
        match self.machine.directories.iter().find(|known| known.path == directory.path) {
            None => self.machine.directories.push(directory),
            Some(known) if (known.mode, known.owner) == (directory.mode, directory.owner) => {}
            Some(known) => {
                let what = format!("{} is made twice, with another mode or owner", directory.path);
                let problem = conflict(&what, &known.origin, &directory.origin);
                self.report.push(problem);
            }
        }
    }

    /// Adds a link.
    pub fn link(&mut self, link: Link) {
        if self.take(&link.path, &link.origin) {
            self.machine.links.push(link);
        }
    }

    /// Adds a file that the machine fetches.
    pub fn download(&mut self, download: Download) {
        if self.take(&download.path, &download.origin) {
            self.machine.downloads.push(download);
        }
    }

    /// Adds an argument of the kernel's command line, once.
    pub fn kernel_argument(&mut self, argument: KernelArgument) {
        if !self.machine.kernel_arguments.iter().any(|known| known.text == argument.text) {
            self.machine.kernel_arguments.push(argument);
        }
    }

    /// Adds a file in place of the one at its path, if there is one; its place in the order is kept.
    pub fn replace_file(&mut self, file: File) {
        let replaced = self.taken.contains_key(&file.path);
        self.machine.overrides.push(Override { origin: file.origin.clone(), replaced });
        match self.machine.files.iter_mut().find(|f| f.path == file.path) {
            Some(old) => {
                self.taken.insert(file.path.clone(), file.origin.clone());
                // A secret stays one: what is there in place of a key is a key.
                let secret = old.secret;
                *old = File { secret, ..file };
            }
            None => self.file(file),
        }
    }

    /// Adds a network unit.
    pub fn network(&mut self, network: Network) {
        if self.take(&format!("/etc/systemd/network/{}", network.name), &network.origin) {
            self.machine.networks.push(network);
        }
    }

    /// Lets the operating system run etcd.
    pub fn etcd(&mut self, etcd: EtcdMember) {
        self.take(&drop_in_path("etcd-member.service", ETCD_DROP_IN), &etcd.origin);
        self.machine.etcd = Some(etcd);
    }

    /// Lets the operating system run flannel.
    pub fn flannel(&mut self, flannel: FlannelDaemon) {
        self.take(&drop_in_path("flanneld.service", FLANNEL_DROP_IN), &flannel.origin);
        self.machine.flannel = Some(flannel);
    }

    /// Adds a unit with its text, and with drop-ins where it has some.
    pub fn unit(&mut self, unit: Unit) {
        self.merge(unit, false);
    }

    /// Adds a unit; its text and drop-ins take the place of those that are there.
    pub fn replace_unit(&mut self, unit: Unit) {
        // Its text, or a drop-in of it. Of what the operating system has nothing is known here, and needs no override.
        let text = format!("/etc/systemd/system/{}", unit.name);
        let drop_ins = format!("{text}.d/");
        let replaced = self.taken.contains_key(&text)
            || self.taken.range(drop_ins.clone()..).next().is_some_and(|(path, _)| path.starts_with(&drop_ins));
        self.machine.overrides.push(Override { origin: unit.origin.clone(), replaced });
        self.merge(unit, true);
    }

    fn merge(&mut self, new: Unit, replace: bool) {
        if new.text.is_some() {
            self.claim(&format!("/etc/systemd/system/{}", new.name), &new.origin, replace);
        }
        for drop_in in &new.drop_ins {
            // What the transpiler writes cannot be replaced, only added to.
            let replace = replace && ![ETCD_DROP_IN, FLANNEL_DROP_IN].contains(&drop_in.name.as_str());
            self.claim(&drop_in_path(&new.name, &drop_in.name), &drop_in.origin, replace);
        }
        let Some(old) = self.machine.units.iter_mut().find(|unit| unit.name == new.name) else {
            self.machine.units.push(new);
            return;
        };
        if new.text.is_some() {
            old.text = new.text;
            old.origin = new.origin.clone();
        }
        old.enabled = new.enabled.or(old.enabled);
        if new.mask {
            self.machine.masked.insert(new.name, new.origin.clone());
            // A masked unit is neither enabled nor given a text of its own.
            (old.mask, old.enabled, old.text) = (true, None, None);
        }
        for drop_in in new.drop_ins {
            match old.drop_ins.iter_mut().find(|d| d.name == drop_in.name) {
                Some(old) => *old = drop_in,
                None => old.drop_ins.push(drop_in),
            }
        }
    }

    fn claim(&mut self, path: &str, origin: &Origin, replace: bool) {
        if replace {
            self.taken.insert(path.to_owned(), origin.clone());
        } else {
            self.take(path, origin);
        }
    }

    /// Takes a path for a writer; a second writer is a problem.
    fn take(&mut self, path: &str, origin: &Origin) -> bool {
        if let Some(first) = self.taken.get(path) {
            let problem = conflict(&format!("{path} is written twice"), first, origin);
            self.report.push(problem);
            return false;
        }
        self.taken.insert(path.to_owned(), origin.clone());
        true
    }
}

fn drop_in_path(unit: &str, drop_in: &str) -> String {
    format!("/etc/systemd/system/{unit}.d/{drop_in}")
}

fn conflict(what: &str, first: &Origin, second: &Origin) -> Diagnostic {
    Diagnostic::error("one-writer", second.option.clone(), format!("{what}: by {first} and by {second}"))
        .help("remove one of them; an extra file, unit or manifest replaces the other with `override = true`")
}

#[cfg(test)]
mod tests;
