//! A cluster and where its keys are -> every certificate, until when it is valid, what it is for, and who holds it.

use super::verify::{self, Pair};
use super::{DAY, Problem, Source, now, rfc3339};
use crate::cluster::{Cluster, Node, Role};
use crate::pki::{self, Authority, Leaf, certificate_file, key_file, node_leaves, shared_leaves};
use crate::x509::Certificate;
use std::collections::BTreeMap;

/// What is known of a certificate, or of the token.
#[derive(Debug)]
pub struct Entry {
    /// Its file in the directory of keys.
    pub file: String,
    /// Until when it is valid, in seconds since 1970; `None` where it cannot be read.
    pub expires: Option<u64>,
    /// The same as a date (RFC 3339).
    pub date: Option<String>,
    /// Whole days until then, fewer than 0 when it is over.
    pub days: Option<i64>,
    /// What it is for.
    pub purpose: String,
    /// The nodes whose media hold it.
    pub nodes: Vec<String>,
    /// What is wrong with it.
    pub problems: Vec<String>,
}

impl Entry {
    /// Whether something is to be done about it, when it should be valid for `within` days more. The token is short-lived
    /// by intent, and one that is over does no harm.
    pub fn is_due(&self, within: u64) -> bool {
        if self.file == pki::BOOTSTRAP_TOKEN {
            return !self.problems.is_empty();
        }
        !self.problems.is_empty() || self.days.is_none_or(|days| days < i64::try_from(within).unwrap_or(i64::MAX))
    }
}

/// Everything that expires, in the order of the directory: authorities, the token, the administrator's certificate,
/// those of each node.
pub fn status(cluster: &Cluster, source: Source) -> Vec<Entry> {
    let now = now();
    let view = View { source, now };
    let mut entries = Vec::new();
    let mut authorities = BTreeMap::new();
    for authority in pki::authorities(cluster) {
        let (pair, mut problems) = view.pair(authority.stem());
        let signs = authority == Authority::Cluster && pki::needs_token(cluster);
        match verify::authority(authority, &pair, signs, now) {
            Ok((certificate, _)) => {
                authorities.insert(authority, certificate);
            }
            Err(found) => problems.extend(found),
        }
        let nodes = cluster.nodes.iter().filter(|node| trusts(cluster, node, authority));
        entries.push(view.entry(
            certificate_file(authority.stem()),
            &pair,
            authority.purpose(),
            nodes.map(|node| node.name.clone()).collect(),
            problems,
        ));
    }
    if pki::needs_token(cluster) {
        entries.push(view.token(cluster));
    }
    let mut leaf = |leaf: &Leaf, nodes: Vec<String>| {
        let (pair, mut problems) = view.pair(&leaf.stem);
        let found = verify::leaf(leaf, &pair, authorities.get(&leaf.authority), now);
        problems.extend(found.into_iter().filter(|problem| !problem.is_warning));
        entries.push(view.entry(certificate_file(&leaf.stem), &pair, leaf.purpose, nodes, problems));
    };
    for it in shared_leaves(cluster) {
        let holds = |node: &&Node| match it.stem.as_str() {
            pki::API_SERVER_ETCD_CLIENT => node.is(Role::ControlPlane),
            pki::FLANNEL_ETCD_CLIENT => node.joins(),
            _ => false,
        };
        leaf(&it, cluster.nodes.iter().filter(holds).map(|node| node.name.clone()).collect());
    }
    for node in &cluster.nodes {
        node_leaves(cluster, node).iter().for_each(|it| leaf(it, vec![node.name.clone()]));
    }
    entries
}

/// Whether the media of a node hold the certificate of an authority.
fn trusts(cluster: &Cluster, node: &Node, authority: Authority) -> bool {
    match authority {
        Authority::Cluster => node.joins(),
        Authority::FrontProxy => node.is(Role::ControlPlane),
        Authority::Etcd => {
            node.member.is_some() || node.is(Role::ControlPlane) || (node.joins() && pki::has_flannel_in_etcd(cluster))
        }
    }
}

struct View<'a> {
    source: Source<'a>,
    now: u64,
}

impl View<'_> {
    fn pair(&self, stem: &str) -> (Pair, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut read = |name: String| {
            self.source.text(&name).unwrap_or_else(|problem| {
                problems.push(problem);
                None
            })
        };
        let pair = Pair { certificate: read(certificate_file(stem)), key: read(key_file(stem)) };
        (pair, problems)
    }

    fn entry(&self, file: String, pair: &Pair, purpose: &str, nodes: Vec<String>, problems: Vec<Problem>) -> Entry {
        let certificate = pair.certificate.as_ref().and_then(|text| Certificate::read(text).ok());
        let expires = certificate.map(|certificate| certificate.not_after());
        // Of the certificate itself the line already says which one it is.
        let tell = |problem: Problem| match problem.file == file {
            true => problem.message,
            false => format!("{} {}", problem.file, problem.message),
        };
        let problems = problems.into_iter().map(tell).collect();
        self.dated(Entry { expires, problems, nodes, purpose: purpose.to_owned(), date: None, days: None, file })
    }

    fn dated(&self, entry: Entry) -> Entry {
        let days = |end: u64| {
            let seconds = i64::try_from(end).unwrap_or(i64::MAX).saturating_sub(i64::try_from(self.now).unwrap_or(0));
            seconds.div_euclid(DAY.cast_signed())
        };
        Entry { date: entry.expires.map(rfc3339), days: entry.expires.map(days), ..entry }
    }

    fn token(&self, cluster: &Cluster) -> Entry {
        let text = self.source.text(pki::BOOTSTRAP_TOKEN);
        let holds = |node: &&Node| node.is(Role::ControlPlane) || pki::bootstraps(cluster, node);
        let nodes = cluster.nodes.iter().filter(holds).map(|node| node.name.clone()).collect();
        let found = text.and_then(|text| verify::token(text.as_ref().map(|text| text.as_str())));
        let (expires, problems) = match found {
            Ok(end) => (Some(end), Vec::new()),
            Err(problem) => (None, vec![problem.message]),
        };
        let purpose = "lets a kubelet ask for its certificate".to_owned();
        self.dated(Entry {
            file: pki::BOOTSTRAP_TOKEN.to_owned(),
            expires,
            problems,
            nodes,
            purpose,
            date: None,
            days: None,
        })
    }
}
