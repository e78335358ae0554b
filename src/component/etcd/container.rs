//! The etcd cluster and one member -> etcd out of its image, a configuration file, and the unit that runs it.

use super::super::certificates::{ETCD_DIRECTORY, ETCD_USER};
use super::super::engine::{Container, Engine};
use super::super::{origin, public_file};
use super::{initial_cluster, initial_state, url};
use crate::cluster::{Cluster, Member};
use crate::machine::{Builder, Dial, Directory, Unit};
use crate::text::yaml::{Yaml, write};

const CONFIG: &str = "/etc/etcd/etcd.yaml";
const DATA: &str = "/var/lib/etcd";
/// Where it answers for its health, without TLS and to the node alone.
const METRICS_PORT: u16 = 2381;

pub fn add(machine: &mut Builder, cluster: &Cluster, member: &Member) {
    let etcd = &cluster.etcd;
    let from = || origin("etcd", "cluster.etcd");
    machine.file(public_file(CONFIG.to_owned(), write(&configuration(cluster, member)), from()));
    // etcd warns of data that others can read, and later versions refuse it.
    machine.directory(Directory { path: DATA.to_owned(), mode: 0o700, owner: ETCD_USER, origin: from() });
    let command = ["etcd".to_owned(), format!("--config-file={CONFIG}")];
    let text = Engine::of(cluster.platform).unit(&Container {
        name: "etcd-member",
        description: "etcd, member of the cluster's key-value store",
        image: &etcd.image,
        user: Some(ETCD_USER),
        volumes: &[(CONFIG, CONFIG, true), (ETCD_DIRECTORY, ETCD_DIRECTORY, true), (DATA, DATA, false)],
        command: &command,
        service: &["LimitNOFILE=40000"],
    });
    machine.unit(Unit {
        name: "etcd-member.service".to_owned(),
        text: Some(text),
        enabled: Some(true),
        mask: false,
        drop_ins: Vec::new(),
        origin: from(),
    });
    super::super::listen(machine, (super::super::LOOPBACK, METRICS_PORT), from());
    for other in &etcd.members {
        let host = other.address.to_string();
        machine.dial(Dial { host, port: etcd.peer_port, tls: cluster.tls.then_some(true), origin: from() });
    }
}

/// etcd's configuration file (etcd.io, "Configuration options"; etcd.conf.yml.sample). Without authorities it takes no
/// client, so there is no half of TLS in it.
fn configuration(cluster: &Cluster, member: &Member) -> Yaml {
    let (etcd, tls) = (&cluster.etcd, cluster.tls);
    let (client, peer) = (etcd.client_port, etcd.peer_port);
    let mut fields: Vec<(&str, Yaml)> = vec![
        ("name", member.name.clone().into()),
        ("data-dir", DATA.into()),
        ("listen-client-urls", url(tls, cluster.everywhere(), client).into()),
        ("advertise-client-urls", url(tls, member.address, client).into()),
        ("listen-peer-urls", url(tls, cluster.everywhere(), peer).into()),
        ("initial-advertise-peer-urls", url(tls, member.address, peer).into()),
        ("listen-metrics-urls", url(false, "127.0.0.1", METRICS_PORT).into()),
        ("initial-cluster", initial_cluster(cluster).into()),
        ("initial-cluster-token", etcd.token.clone().into()),
        ("initial-cluster-state", initial_state(member).into()),
        ("strict-reconfig-check", true.into()),
    ];
    if tls {
        fields.push(("client-transport-security", transport("server")));
        fields.push(("peer-transport-security", transport("peer")));
    }
    Yaml::map(fields)
}

fn transport(pair: &str) -> Yaml {
    let file = |name: &str| Yaml::from(format!("{ETCD_DIRECTORY}/{name}"));
    Yaml::map([
        ("cert-file", file(&format!("{pair}.crt"))),
        ("key-file", file(&format!("{pair}.key"))),
        ("client-cert-auth", true.into()),
        ("trusted-ca-file", file("ca.crt")),
    ])
}
