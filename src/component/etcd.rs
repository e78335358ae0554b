//! The etcd cluster and one member -> etcd on its machine, by the operating system's `etcd-member.service` or a unit of
//! that name.

mod container;

use super::{certificates::ETCD_DIRECTORY, listen_as, origin};
use crate::cluster::net::Family;
use crate::cluster::{Cluster, EtcdListen, EtcdState, Member, Node, Platform};
use crate::machine::{Builder, DropIn, EtcdMember, Setting, Unit};
use crate::pki::{Server, has_flannel_in_etcd, server_names};
use crate::text::authority::authority;

/// Where etcd-wrapper shows `ETCD_SSL_DIR` of the node to etcd.
const SHOWN_AS: &str = "/etc/ssl/certs";

/// `http://…` or `https://…`.
pub fn url(tls: bool, host: impl ToString, port: u16) -> String {
    let scheme = if tls { "https" } else { "http" };
    format!("{scheme}://{}", authority(host, port))
}

/// The URLs of every member, wherever etcd runs.
pub fn urls(cluster: &Cluster) -> Vec<String> {
    let etcd = &cluster.etcd;
    let own = etcd.members.iter().map(|member| url(cluster.tls, member.address, etcd.client_port));
    own.chain(etcd.external.iter().map(|it| url(it.tls, &it.host, it.port))).collect()
}

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node, member: &Member) {
    match cluster.platform {
        Platform::ContainerLinux => add_wrapped(machine, cluster, member),
        Platform::Flatcar(_) | Platform::FedoraCoreOs(_) => container::add(machine, cluster, member),
    }
    for (port, option) in
        [(cluster.etcd.client_port, "cluster.etcd.clientPort"), (cluster.etcd.peer_port, "cluster.etcd.peerPort")]
    {
        let names = server_names(cluster, node, Server::Etcd);
        listen_as(machine, (cluster.everywhere(), port), names, origin("etcd", option));
    }
}

/// `initial_cluster`.
fn initial_cluster(cluster: &Cluster) -> String {
    let members = cluster.etcd.members.iter();
    let members = members.map(|m| format!("{}={}", m.name, url(cluster.tls, m.address, cluster.etcd.peer_port)));
    members.collect::<Vec<_>>().join(",")
}

/// `initial_cluster_state`.
fn initial_state(member: &Member) -> &'static str {
    match member.state {
        EtcdState::New => "new",
        EtcdState::Existing => "existing",
    }
}

/// By the operating system's etcd-wrapper.
fn add_wrapped(machine: &mut Builder, cluster: &Cluster, member: &Member) {
    let (etcd, tls) = (&cluster.etcd, cluster.tls);
    let (client, peer) = (etcd.client_port, etcd.peer_port);
    let from = || origin("etcd", "cluster.etcd");
    let mut options: Vec<(&str, Setting)> = vec![
        ("name", member.name.clone().into()),
        ("listen_client_urls", url(tls, cluster.everywhere(), client).into()),
        ("advertise_client_urls", url(tls, member.address, client).into()),
        ("listen_peer_urls", url(tls, cluster.everywhere(), peer).into()),
        ("initial_advertise_peer_urls", url(tls, member.address, peer).into()),
        ("initial_cluster", initial_cluster(cluster).into()),
        ("initial_cluster_token", etcd.token.clone().into()),
        ("initial_cluster_state", initial_state(member).to_owned().into()),
    ];
    // From 3.4 on the API that flannel talks is off by default.
    let is_late =
        |version: &String| version.split('.').nth(1).and_then(|minor| minor.parse().ok()).is_some_and(|n: u32| n > 3);
    if has_flannel_in_etcd(cluster) && etcd.version.as_ref().is_some_and(is_late) {
        options.push(("enable_v2", Setting::Bool(true)));
    }
    if tls {
        let file = |name: &str| Setting::Text(format!("{SHOWN_AS}/{name}"));
        options.extend([
            ("cert_file", file("server.crt")),
            ("key_file", file("server.key")),
            ("client_cert_auth", Setting::Bool(true)),
            ("trusted_ca_file", file("ca.crt")),
            ("peer_cert_file", file("peer.crt")),
            ("peer_key_file", file("peer.key")),
            ("peer_client_cert_auth", Setting::Bool(true)),
            ("peer_trusted_ca_file", file("ca.crt")),
        ]);
    }
    machine.etcd(EtcdMember { version: etcd.version.clone(), options, origin: from() });
    if tls {
        machine.unit(Unit {
            name: "etcd-member.service".to_owned(),
            text: None,
            enabled: None,
            mask: false,
            drop_ins: vec![DropIn {
                name: "30-certificates.conf".to_owned(),
                text: format!("[Service]\nEnvironment=ETCD_SSL_DIR={ETCD_DIRECTORY}\n"),
                origin: from(),
            }],
            origin: from(),
        });
    }
    if etcd.listen == EtcdListen::LoopbackAndFlannel {
        machine.unit(firewall(cluster, client));
    }
}

/// Closes the client port to all interfaces but `lo` and flannel's. etcd itself cannot: flannel gets its address out of
/// etcd, so there is none to listen on when etcd starts. A rule may name an interface that does not exist yet, and
/// `flannel+` is `flannel0` (udp) as well as `flannel.1` (vxlan). Each rule goes to the head of the chain, so the last
/// one comes first. A client that tries another member is told no at once and takes its own. etcd requires the unit:
/// rather no etcd than an open one.
fn firewall(cluster: &Cluster, port: u16) -> Unit {
    // etcd listens on all families where the cluster has IPv6.
    let tables: &[&str] = if cluster.has(Family::V6) { &["iptables", "ip6tables"] } else { &["iptables"] };
    let rule = |interface: &str, verdict: &str| -> String {
        let of = |table: &&str| {
            format!("ExecStart=/usr/sbin/{table} -w -I INPUT {interface}-p tcp --dport {port} -j {verdict}\n")
        };
        tables.iter().map(of).collect()
    };
    let text = [
        "[Unit]\n",
        "Description=Closes etcd's client port to all interfaces but lo and flannel\n",
        "Before=etcd-member.service\n",
        "\n[Service]\n",
        "Type=oneshot\n",
        "RemainAfterExit=yes\n",
        &rule("", "REJECT"),
        &rule("-i flannel+ ", "ACCEPT"),
        &rule("-i lo ", "ACCEPT"),
        "\n[Install]\n",
        "RequiredBy=etcd-member.service\n",
    ]
    .concat();
    Unit {
        name: "etcd-firewall.service".to_owned(),
        text: Some(text),
        enabled: Some(true),
        mask: false,
        drop_ins: Vec::new(),
        origin: origin("etcd", "cluster.etcd.listen"),
    }
}
