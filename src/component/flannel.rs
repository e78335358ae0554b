//! flannel's configuration -> flannel on a machine, by the operating system's `flanneld.service`, and its
//! configuration in etcd.

use super::{certificates::ETCD_DIRECTORY, etcd, origin};
use crate::cluster::{Cluster, EtcdListen, Flannel, FlannelBackend, Node};
use crate::machine::{Builder, DropIn, FlannelDaemon, Unit};
use crate::pki::has_flannel_in_etcd;
use crate::text::unit::exec_argument;

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node) {
    let Some(flannel) = cluster.flannel.as_ref().filter(|_| has_flannel_in_etcd(cluster)) else { return };
    let from = || origin("flannel", "cluster.flannel");
    // A member asks its own etcd, which both etcdctl and flanneld do without being told; others name all members.
    let endpoints = match (&node.member, cluster.tls, cluster.etcd.client_port) {
        (Some(_), false, 2379) => None,
        (Some(_), tls, port) => Some(etcd::url(tls, "127.0.0.1", port)),
        (None, ..) => Some(etcd::urls(cluster).join(",")),
    };
    // flanneld and etcdctl call the same three files by other names.
    let files = [("ca", "ca.crt"), ("cert", "flannel.crt"), ("key", "flannel.key")];
    let files = files.map(|(what, file)| (what, format!("{ETCD_DIRECTORY}/{file}")));

    let mut options = Vec::new();
    options.extend(endpoints.clone().map(|urls| ("etcd_endpoints", urls.into())));
    if cluster.tls {
        for (name, (_, path)) in ["etcd_cafile", "etcd_certfile", "etcd_keyfile"].into_iter().zip(&files) {
            options.push((name, path.clone().into()));
        }
    }
    if flannel.etcd_prefix != DEFAULT_PREFIX {
        options.push(("etcd_prefix", flannel.etcd_prefix.clone().into()));
    }
    machine.flannel(FlannelDaemon { options, origin: from() });

    let endpoints = endpoints.map(|urls| format!("--endpoints={urls} ")).unwrap_or_default();
    let tls = match cluster.tls {
        false => String::new(),
        true => files.iter().map(|(what, path)| format!("--{what}-file={path} ")).collect(),
    };
    // etcdctl asks all members, unless it is told not to; of those that are closed to it only its own answers.
    let no_sync = match cluster.etcd.listen {
        EtcdListen::All => "",
        EtcdListen::LoopbackAndFlannel => "--no-sync ",
    };
    let key = format!("{}/config", flannel.etcd_prefix);
    let command =
        format!("/usr/bin/etcdctl {no_sync}{endpoints}{tls}set {} '{}'", exec_argument(&key), configuration(flannel));
    let mut drop_ins = vec![DropIn {
        name: flannel.drop_in.clone(),
        text: drop_in(&command, node.member.is_some()),
        origin: origin("flannel", "cluster.flannel.dropIn"),
    }];
    if cluster.tls {
        // flannel-wrapper shows it to flanneld, which runs in a container (coreos/docs, "Configure flanneld").
        let text = format!("[Service]\nEnvironment=ETCD_SSL_DIR={ETCD_DIRECTORY}\n");
        drop_ins.push(DropIn { name: "30-certificates.conf".to_owned(), text, origin: from() });
    }
    machine.unit(Unit {
        name: "flanneld.service".to_owned(),
        text: None,
        enabled: None,
        mask: false,
        drop_ins,
        origin: from(),
    });
}

/// The drop-in that runs `command` before flanneld. On a member flanneld starts after etcd. Elsewhere etcd may come up
/// later than the node, and docker, which waits for flannel's one start, must not go on with a range of its own then:
/// the command is tried until it succeeds, and the start has no end of time.
fn drop_in(command: &str, is_member: bool) -> String {
    if is_member {
        return format!("[Service]\nExecStartPre={command}\n");
    }
    let script = exec_argument(&format!("until {command}; do sleep 2; done"));
    format!("[Service]\nTimeoutStartSec=0\nExecStartPre=/bin/sh -c {script}\n")
}

/// Where flanneld looks when it is not told (flannel, main.go, `--etcd-prefix`).
const DEFAULT_PREFIX: &str = "/coreos.com/network";

/// flannel's configuration in JSON. This flannel has IPv4 alone (rule `families`). It stands in single quotes in a unit and has no quote, `%` or `$` in it.
fn configuration(flannel: &Flannel) -> String {
    let backend = match flannel.backend {
        None => return format!("{{\"Network\": \"{}\"}}", flannel.network),
        Some(FlannelBackend::Udp) => "udp",
        Some(FlannelBackend::Vxlan) => "vxlan",
        Some(FlannelBackend::HostGw) => "host-gw",
    };
    format!("{{\"Network\": \"{}\", \"Backend\": {{\"Type\": \"{backend}\"}}}}", flannel.network)
}
