//! What a node's programs connect to, and what listens -> each connection that nothing would take.

use super::flags;
use super::listeners::{of_pods, takes};
use super::node::{EXTRA, Node};
use crate::machine::{Origin, Setting};
use crate::report::{Diagnostic, Report, Severity};
use std::net::{IpAddr, Ipv6Addr};

/// A connection.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Target {
    pub host: String,
    pub port: u16,
    /// With TLS, and whether the certificate is held against the host.
    pub tls: Option<bool>,
}

/// Who connects, as messages name it.
pub struct Dialer<'n> {
    pub who: String,
    pub origin: &'n Origin,
}

/// Someone who listens.
#[derive(Clone, Debug)]
pub struct Server {
    pub who: String,
    pub address: IpAddr,
    pub port: u16,
    /// See `machine::Listener`; `None` for pods of the user's is not known to be without TLS.
    pub names: Option<Vec<String>>,
    pub is_users: bool,
}

/// Why nobody takes a connection.
pub struct Refusal(pub String);

/// What to do about a connection that nobody takes.
pub const HELP: &str = "correct the host, the port or the scheme, or let something listen there";

impl Target {
    /// Reads `http://host:port/…`; `None` for other schemes, and where a variable stands in it.
    pub fn of(url: &str, verifies: bool) -> Option<Self> {
        let (tls, rest) = match url.split_once("://")? {
            ("http", rest) => (None, rest),
            ("https", rest) => (Some(verifies), rest),
            _ => return None,
        };
        let authority = rest.split('/').next().filter(|a| !a.contains(['$', '@']) && !a.is_empty())?;
        // An IPv6 address stands in brackets (RFC 3986 section 3.2.2).
        let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, rest)) => (host.parse::<Ipv6Addr>().ok()?.to_string(), rest),
            None => {
                let at = authority.find(':').unwrap_or(authority.len());
                let (host, rest) = authority.split_at_checked(at)?;
                (host.to_ascii_lowercase(), rest)
            }
        };
        let port = match port.strip_prefix(':') {
            Some(port) => port.parse().ok()?,
            None if port.is_empty() => match tls {
                Some(_) => 443,
                None => 80,
            },
            None => return None,
        };
        Some(Self { host, port, tls })
    }

    /// Whether it stays on the machine.
    pub fn is_local(&self) -> bool {
        self.host == "localhost" || self.host.parse().is_ok_and(|a: IpAddr| a.is_loopback() || a.is_unspecified())
    }

    /// Whether a server that listens on `address` of the machine that is meant has it. Of other addresses than the
    /// loopback one it is not known here whose they are, but for their family.
    fn reaches(&self, address: IpAddr) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(host) if address.is_unspecified() => takes(address, host),
            Ok(host) => address.is_ipv4() == host.is_ipv4() && address.is_loopback() == self.is_local(),
            Err(_) => address.is_unspecified() || address.is_loopback() == self.is_local(),
        }
    }

    /// Why none of the servers of one node takes it; `None` if one does.
    pub fn refused<'s>(&self, servers: impl Iterator<Item = &'s Server>) -> Option<Refusal> {
        let mut refusal = format!("nothing listens on port {} there", self.port);
        for server in servers.filter(|server| server.port == self.port) {
            let reached = self.reaches(server.address);
            let covers = |names: &[String]| names.iter().any(|name| name.eq_ignore_ascii_case(&self.host));
            refusal = match (&server.names, self.tls) {
                _ if !reached => format!("{} listens on {} alone", server.who, server.address),
                _ if server.is_users => return None,
                (Some(_), None) => format!("{} speaks TLS there", server.who),
                (None, Some(_)) => format!("{} speaks no TLS there", server.who),
                (Some(names), Some(true)) if !covers(names) => match names.is_empty() {
                    true => format!("{} has a certificate there that it signed itself", server.who),
                    false => format!("the certificate of {} is for {} only", server.who, names.join(", ")),
                },
                _ => return None,
            };
        }
        Some(Refusal(refusal))
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        match self.host.contains(':') {
            true => write!(f, "{scheme}://[{}]:{}", self.host, self.port),
            false => write!(f, "{scheme}://{}:{}", self.host, self.port),
        }
    }
}

/// What listens on a node.
pub fn servers(node: &Node) -> Vec<Server> {
    let known = node.machine.listeners.iter().map(|listener| Server {
        who: listener.who.to_owned(),
        address: listener.address,
        port: listener.port,
        names: listener.names.clone(),
        is_users: false,
    });
    let pods = of_pods(node).map(|(name, address, port, _)| Server {
        who: format!("pod {name}"),
        address,
        port,
        names: None,
        is_users: true,
    });
    known.chain(pods).collect()
}

/// Whether something of the user's on the node may listen anywhere: a unit, or a pod that does not say where.
pub fn may_serve_more(node: &Node) -> bool {
    let of_units = node.units.iter().any(|unit| unit.is_whole && unit.parts.iter().all(|(_, o)| o.writer == EXTRA));
    of_units
        || node.pods().any(|(file, pod)| {
            let says = pod.containers.iter().any(|container| !container.ports.is_empty());
            file.origin.writer == EXTRA && pod.host_network && !says
        })
}

/// What a node connects to.
pub fn targets<'n>(node: &'n Node) -> Vec<(Target, Dialer<'n>)> {
    let machine = node.machine;
    let mut all = Vec::new();
    let mut add = |target: Option<Target>, who: String, origin: &'n Origin| {
        all.extend(target.map(|target| (target, Dialer { who, origin })));
    };
    for dial in &machine.dials {
        let target = Target { host: dial.host.to_ascii_lowercase(), port: dial.port, tls: dial.tls };
        add(Some(target), dial.origin.writer.to_owned(), &dial.origin);
    }
    for (path, file) in &node.files {
        let Some(document) = node.documents.get(path) else { continue };
        for (server, verifies) in &document.servers {
            add(Target::of(server, *verifies), format!("whoever uses {path}"), &file.origin);
        }
    }
    for (file, pod) in node.pods() {
        for words in pod.containers.iter().filter_map(|container| flags::known(&container.words)) {
            for (flag, url) in flags::urls(&words) {
                add(Target::of(&url, true), format!("pod {} (--{flag})", pod.name), &file.origin);
            }
        }
    }
    for unit in &node.units {
        for (command, origin) in unit.commands() {
            for (flag, url) in flags::known(&command.words).iter().flat_map(|words| flags::urls(words)) {
                add(Target::of(&url, true), format!("{} (--{flag})", unit.name), origin);
            }
        }
    }
    if let Some(etcd) = &machine.etcd {
        for (_, value) in etcd.options.iter().filter(|(key, _)| *key == "initial_cluster") {
            let Setting::Text(members) = value else { continue };
            for url in members.split(',').filter_map(|member| Some(member.split_once('=')?.1)) {
                add(Target::of(url, true), "etcd (initial_cluster)".to_owned(), &etcd.origin);
            }
        }
    }
    if let Some(flannel) = &machine.flannel {
        let told = flannel.options.iter().find(|(key, _)| *key == "etcd_endpoints");
        // flannel, main.go, `--etcd-endpoints`.
        let urls = match told {
            Some((_, Setting::Text(urls))) => urls.as_str(),
            _ => "http://127.0.0.1:2379",
        };
        for url in urls.split(',') {
            add(Target::of(url, true), "flannel (etcd_endpoints)".to_owned(), &flannel.origin);
        }
    }
    all
}

/// The rule `dials`, of what stays on the node.
pub fn check(node: &Node, report: &mut Report) {
    let local: Vec<_> = targets(node).into_iter().filter(|(target, _)| target.is_local()).collect();
    if local.is_empty() {
        return;
    }
    let servers = servers(node);
    for (target, dialer) in local {
        let Some(Refusal(why)) = target.refused(servers.iter()) else { continue };
        let problem = node.problem(
            "dials",
            dialer.origin,
            &target.to_string(),
            &format!("{} connects to it, but {why}", dialer.who),
            HELP,
        );
        report.push(soften(problem, may_serve_more(node)));
    }
}

/// A warning, where the user's own things may serve what is not known of.
pub fn soften(problem: Diagnostic, is_guess: bool) -> Diagnostic {
    if is_guess { Diagnostic { severity: Severity::Warning, ..problem } } else { problem }
}
