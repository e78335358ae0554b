//! flannel's configuration -> flannel on a machine, by the operating system's `flanneld.service`, and its
//! configuration in etcd.

use super::origin;
use crate::cluster::{Cluster, EtcdListen, Flannel, FlannelBackend, Node};
use crate::machine::{Builder, DropIn, FlannelDaemon, Unit};
use crate::text::unit::exec_argument;

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node) {
    let Some(flannel) = &cluster.flannel else { return };
    // A member asks its own etcd, which both etcdctl and flanneld do without being told; others name all members.
    let endpoints = match (&node.member, cluster.etcd.client_port) {
        (Some(_), 2379) => None,
        (Some(_), port) => Some(format!("http://127.0.0.1:{port}")),
        (None, port) => {
            let urls = cluster.etcd.members.iter().map(|m| format!("http://{}:{port}", m.address));
            Some(urls.collect::<Vec<_>>().join(","))
        }
    };

    let mut options = Vec::new();
    options.extend(endpoints.clone().map(|urls| ("etcd_endpoints", urls.into())));
    if flannel.etcd_prefix != DEFAULT_PREFIX {
        options.push(("etcd_prefix", flannel.etcd_prefix.clone().into()));
    }
    machine.flannel(FlannelDaemon { options, origin: origin("flannel", "cluster.flannel") });

    let endpoints = endpoints.map(|urls| format!("--endpoints={urls} ")).unwrap_or_default();
    // etcdctl asks all members, unless it is told not to; of those that are closed to it only its own answers.
    let no_sync = match cluster.etcd.listen {
        EtcdListen::All => "",
        EtcdListen::LoopbackAndFlannel => "--no-sync ",
    };
    let key = format!("{}/config", flannel.etcd_prefix);
    machine.unit(Unit {
        name: "flanneld.service".to_owned(),
        text: None,
        enabled: None,
        mask: false,
        drop_ins: vec![DropIn {
            name: flannel.drop_in.clone(),
            text: drop_in(
                &format!(
                    "/usr/bin/etcdctl {no_sync}{endpoints}set {} '{}'",
                    exec_argument(&key),
                    configuration(flannel)
                ),
                node.member.is_some(),
            ),
            origin: origin("flannel", "cluster.flannel.dropIn"),
        }],
        origin: origin("flannel", "cluster.flannel"),
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

/// flannel's configuration in JSON. It stands in single quotes in a unit and has no quote, `%` or `$` in it.
fn configuration(flannel: &Flannel) -> String {
    let backend = match flannel.backend {
        None => return format!("{{\"Network\": \"{}\"}}", flannel.network),
        Some(FlannelBackend::Udp) => "udp",
        Some(FlannelBackend::Vxlan) => "vxlan",
        Some(FlannelBackend::HostGw) => "host-gw",
    };
    format!("{{\"Network\": \"{}\", \"Backend\": {{\"Type\": \"{backend}\"}}}}", flannel.network)
}
