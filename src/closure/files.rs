//! What a node's programs read -> every path that is not there, or that its reader may not read.

use super::flags;
use super::node::{Node, There};
use super::pod::{Pod, Volume};
use super::view::{ETCD, Place, Rest, View, rkt_mounts, user_id};
use crate::machine::{File, Origin, Setting};
use crate::report::{Diagnostic, Report};
use std::collections::BTreeSet;

const PRESENT: &str = "files-present";
const USABLE: &str = "file-modes-usable";
const WRITE_IT: &str = "write it with `cluster.extra.files`, or correct the path";

/// The rules `files-present` and `file-modes-usable`.
pub fn check(node: &Node, report: &mut Report) {
    let mut reads = Reads { node, report, seen: BTreeSet::new() };
    for (file, pod) in node.pods() {
        reads.pod(file, pod);
    }
    reads.units();
    reads.etcd();
    reads.flannel();
    reads.secrets();
}

struct Reads<'r, 'm> {
    node: &'r Node<'m>,
    report: &'r mut Report,
    /// Reader and path, so that what two flags name is told once.
    seen: BTreeSet<(String, String)>,
}

impl Reads<'_, '_> {
    fn push(&mut self, problem: Diagnostic) {
        self.report.push(problem);
    }

    fn pod(&mut self, file: &File, pod: &Pod) {
        for volume in &pod.volumes {
            self.volume(&file.origin, pod, volume);
        }
        for container in &pod.containers {
            for mount in container.mounts.iter().filter(|m| pod.volumes.iter().all(|v| v.name != m.volume)) {
                let why = format!(
                    "container {} of pod {} mounts this volume, which the pod has not",
                    container.name, pod.name
                );
                self.push(self.node.problem(
                    PRESENT,
                    &file.origin,
                    &mount.volume,
                    &why,
                    "add the volume, or correct its name",
                ));
            }
            let program = flags::known(&container.words);
            let view = View::of(pod, container, program.is_some());
            self.command(&view, program.as_deref().unwrap_or(&container.words), program.is_some(), &file.origin);
        }
    }

    /// A `hostPath` that is not made where it is missing has to be there. With no type docker makes an empty directory
    /// (Kubernetes documentation, "hostPath"), which may be meant where the container writes to it.
    fn volume(&mut self, origin: &Origin, pod: &Pod, volume: &Volume) {
        let Some((path, kind)) = &volume.host else { return };
        if path.is_empty() || kind.ends_with("OrCreate") || !matches!(self.node.find(path), There::No) {
            return;
        }
        let mounts = || pod.containers.iter().flat_map(|c| &c.mounts).filter(|mount| mount.volume == volume.name);
        let is_filled_later = kind.is_empty() && mounts().any(|mount| !mount.read_only);
        let why = format!("volume {} of pod {} shows it, and nothing makes it", volume.name, pod.name);
        let help = "write what is in it, set the volume's type to \"DirectoryOrCreate\", or correct the path";
        let problem = self.node.problem(PRESENT, origin, path, &why, help);
        self.push(match is_filled_later {
            true => Diagnostic::warning(problem.rule, problem.path, problem.message).help(help),
            false => problem,
        });
    }

    /// The files that a command line names.
    fn command(&mut self, view: &View, words: &[String], is_known: bool, origin: &Origin) {
        for (flag, path) in flags::inputs(words, is_known) {
            self.read(view, &path, &format!("--{flag}"), origin, is_known);
        }
    }

    /// A path that `view` reads because `by` names it.
    fn read(&mut self, view: &View, path: &str, by: &str, origin: &Origin, follow: bool) {
        if !self.seen.insert((view.who.clone(), path.to_owned())) {
            return;
        }
        let reads = format!("{} reads it ({by})", view.who);
        let host = match view.locate(path, self.node) {
            Place::Host(host) => host,
            Place::Elsewhere => return,
            Place::Hidden => {
                let why = format!("{reads}, but none of its volumes shows it");
                let help = "put the file where one of its volumes shows it, or mount one in a pod of your own";
                return self.push(self.node.problem(PRESENT, origin, path, &why, help));
            }
        };
        let what = if host == path { host.clone() } else { format!("{host} (seen as {path})") };
        let (mode, owner) = match self.node.find(&host) {
            There::File(file) => (file.mode, file.owner),
            There::Present(present) => (present.mode, present.owner),
            There::Somehow => return,
            There::No => {
                let why = format!("{reads}, and nothing makes it");
                return self.push(self.node.problem(PRESENT, origin, &what, &why, WRITE_IT));
            }
        };
        if !view.may_read(mode, owner) {
            let user = view.user.unwrap_or_default();
            let why = format!("{reads} as user {user}, who may not: its mode is {mode:04o} and its owner {owner}");
            let help = "give the file to that user, or let others read it if it is no secret";
            self.push(self.node.problem(USABLE, origin, &what, &why, help));
        }
        self.follow(view, path, &host, follow);
    }

    /// What a configuration file or kubeconfig that was read names in its turn.
    fn follow(&mut self, view: &View, path: &str, host: &str, is_known: bool) {
        let node = self.node;
        let (Some(document), Some(file)) = (node.documents.get(host), node.files.get(host)) else { return };
        if !is_known && !document.is_kubeconfig {
            return;
        }
        for (key, named) in &document.paths {
            let directory = path.rsplit_once('/').map(|(directory, _)| directory).unwrap_or_default();
            let absolute = if named.starts_with('/') { named.clone() } else { format!("{directory}/{named}") };
            self.read(view, &absolute, &format!("{key} in {path}"), &file.origin, is_known);
        }
    }

    fn units(&mut self) {
        let node = self.node;
        for unit in &node.units {
            let value = |key: &str| unit.settings().filter(|(s, _)| s.key == key).last().map(|(s, _)| s.value.as_str());
            let user = user_id(value("User").unwrap_or("root"));
            let group = value("Group").and_then(user_id).or(user);
            let mut view = View {
                who: unit.name.to_owned(),
                user,
                groups: group.into_iter().collect(),
                mounts: Vec::new(),
                rest: Rest::Host,
            };
            for (setting, origin) in unit.settings().filter(|(s, _)| s.key == "EnvironmentFile") {
                // systemd itself reads it, before it becomes the user; - lets it be missing.
                if setting.value.starts_with('/') && !setting.value.contains(['%', '*', '$']) {
                    let manager = View {
                        user: Some(0),
                        groups: Vec::new(),
                        mounts: Vec::new(),
                        rest: Rest::Host,
                        who: view.who.clone(),
                    };
                    self.read(&manager, &setting.value, "EnvironmentFile", origin, false);
                }
            }
            let conditions: Vec<_> =
                unit.settings().filter(|(s, _)| s.key.starts_with("Condition")).map(|(s, _)| s).collect();
            for (command, origin) in unit.commands() {
                let Some(program) = command.words.first() else { continue };
                let is_guarded = conditions.iter().any(|setting| setting.value.ends_with(program.as_str()));
                if !command.optional && !is_guarded {
                    self.program(&view, program, origin);
                }
                if let (true, Some(script)) = (is_shell(program), command.words.get(1))
                    && is_the_nodes(script)
                {
                    self.read(&view, script, program, origin, false);
                }
                if let Some(words) = flags::known(&command.words) {
                    view.mounts.clear();
                    let arguments = node.variable(unit.name, "RKT_RUN_ARGS").unwrap_or_default();
                    for (target, source) in rkt_mounts(&arguments) {
                        let is_new = self.seen.insert((format!("RKT_RUN_ARGS of {}", unit.name), source.clone()));
                        if is_new && matches!(node.find(&source), There::No) {
                            let why = format!("RKT_RUN_ARGS of {} mount it, and nothing makes it", unit.name);
                            self.push(node.problem(PRESENT, origin, &source, &why, WRITE_IT));
                        }
                        view.mounts.push((target, Some(source)));
                    }
                    self.command(&view, &words, true, origin);
                }
            }
        }
    }

    /// A program that a unit runs. Those of the operating system lie elsewhere.
    fn program(&mut self, view: &View, path: &str, origin: &Origin) {
        if !is_the_nodes(path) {
            return;
        }
        let mode = match self.node.find(path) {
            There::File(file) => file.mode,
            There::Present(present) => present.mode,
            There::Somehow => return,
            There::No => {
                let why = format!("{} runs it, and nothing makes it", view.who);
                return self.push(self.node.problem(PRESENT, origin, path, &why, WRITE_IT));
            }
        };
        if mode & 0o111 == 0 {
            let why = format!("{} runs it, but its mode is {mode:04o}, which lets nobody", view.who);
            self.push(self.node.problem(USABLE, origin, path, &why, "set its mode to \"0755\""));
        }
    }

    /// etcd's container, as etcd-wrapper runs it: it sees `$ETCD_SSL_DIR` as /etc/ssl/certs (coreos-overlay,
    /// app-admin/etcd-wrapper).
    fn etcd(&mut self) {
        let Some(etcd) = &self.node.machine.etcd else { return };
        let unit = "etcd-member.service";
        let directory = self.node.variable(unit, "ETCD_SSL_DIR").unwrap_or_else(|| "/etc/ssl/certs".to_owned());
        let own = [("/etc/ssl/certs", directory.as_str()), ("/var/lib/etcd", "/var/lib/etcd")];
        self.wrapped(unit, "etcd", ETCD, &own, &etcd.options, &etcd.origin);
    }

    /// flannel's container, as flannel-wrapper runs it: it sees `$ETCD_SSL_DIR` at the same path (coreos/docs,
    /// etcd/etcd-live-http-to-https-migration.md, "Configure flanneld").
    fn flannel(&mut self) {
        let Some(flannel) = &self.node.machine.flannel else { return };
        let directory =
            self.node.variable("flanneld.service", "ETCD_SSL_DIR").unwrap_or_else(|| "/etc/ssl/etcd".to_owned());
        let own = [
            ("/etc/ssl/certs", "/etc/ssl/certs"),
            ("/run/flannel", "/run/flannel"),
            (directory.as_str(), directory.as_str()),
        ];
        self.wrapped("flanneld.service", "flannel", 0, &own, &flannel.options, &flannel.origin);
    }

    fn wrapped(
        &mut self,
        unit: &str,
        who: &str,
        user: u32,
        own: &[(&str, &str)],
        options: &[(&'static str, Setting)],
        origin: &Origin,
    ) {
        // A text of the user's may run it in any other way.
        if self.node.units.iter().any(|known| known.name == unit && known.is_whole) {
            return;
        }
        let arguments = self.node.variable(unit, "RKT_RUN_ARGS").unwrap_or_default();
        let own = own.iter().map(|(target, source)| ((*target).to_owned(), Some((*source).to_owned())));
        let added = rkt_mounts(&arguments).into_iter().map(|(target, source)| (target, Some(source)));
        let view = View {
            who: who.to_owned(),
            user: Some(user),
            groups: vec![user],
            mounts: own.chain(added).collect(),
            rest: Rest::Image,
        };
        for (key, value) in options.iter().filter(|(key, _)| key.ends_with("file")) {
            if let Setting::Text(path) = value {
                self.read(&view, path, key, origin, false);
            }
        }
    }

    /// Whoever can read a secret can take over something. A group may, where the file was given to somebody.
    fn secrets(&mut self) {
        for file in self.node.machine.files.iter().filter(|file| file.secret) {
            let forbidden = if file.owner == 0 { 0o077 } else { 0o007 };
            if file.mode & forbidden != 0 {
                let why = format!("it is secret, but its mode is {:04o}, which lets others use it", file.mode);
                self.push(self.node.problem(USABLE, &file.origin, &file.path, &why, "set its mode to \"0600\""));
            }
        }
    }
}

/// Whether a path is where only what somebody put there can be.
fn is_the_nodes(path: &str) -> bool {
    ["/opt/", "/etc/", "/var/", "/home/", "/srv/"].iter().any(|root| path.starts_with(root))
        && !path.contains(['$', '%'])
}

fn is_shell(program: &str) -> bool {
    ["sh", "bash"].contains(&program.rsplit('/').next().unwrap_or_default())
}
