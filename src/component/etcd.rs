//! The etcd cluster and one member -> etcd on its machine, by the operating system's `etcd-member.service`.

use super::origin;
use crate::cluster::{Etcd, EtcdListen, EtcdState, Member};
use crate::machine::{Builder, EtcdMember, Unit};

pub fn add(machine: &mut Builder, etcd: &Etcd, member: &Member) {
    let (client, peer) = (etcd.client_port, etcd.peer_port);
    let url = |host: &dyn ToString, port: u16| format!("http://{}:{port}", host.to_string());
    let initial: Vec<String> = etcd.members.iter().map(|m| format!("{}={}", m.name, url(&m.address, peer))).collect();
    let state = match etcd.state {
        EtcdState::New => "new",
        EtcdState::Existing => "existing",
    };
    machine.etcd(EtcdMember {
        version: etcd.version.clone(),
        options: vec![
            ("name", member.name.clone().into()),
            ("listen_client_urls", url(&"0.0.0.0", client).into()),
            ("advertise_client_urls", url(&member.address, client).into()),
            ("listen_peer_urls", url(&"0.0.0.0", peer).into()),
            ("initial_advertise_peer_urls", url(&member.address, peer).into()),
            ("initial_cluster", initial.join(",").into()),
            ("initial_cluster_token", etcd.token.clone().into()),
            ("initial_cluster_state", state.to_owned().into()),
        ],
        origin: origin("etcd", "cluster.etcd"),
    });
    if etcd.listen == EtcdListen::LoopbackAndFlannel {
        machine.unit(firewall(client));
    }
}

/// Closes the client port to all interfaces but `lo` and flannel's. etcd itself cannot: flannel gets its address out of
/// etcd, so there is none to listen on when etcd starts. A rule may name an interface that does not exist yet, and
/// `flannel+` is `flannel0` (udp) as well as `flannel.1` (vxlan). Each rule goes to the head of the chain, so the last
/// one comes first. A client that tries another member is told no at once and takes its own. etcd requires the unit:
/// rather no etcd than an open one.
fn firewall(port: u16) -> Unit {
    let rule = |interface: &str, verdict: &str| {
        format!("ExecStart=/usr/sbin/iptables -w -I INPUT {interface}-p tcp --dport {port} -j {verdict}\n")
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
