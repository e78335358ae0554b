//! The addresses of the API servers -> a proxy on a node that has none of its own: HAProxy, which balances over all of
//! them and leaves TLS to both ends.
//!
//! It is a unit and no static pod, since a kubelet that asks for its certificate starts no pod before it has one, and
//! asks over the proxy.

use super::engine::{Container, Engine};
use super::{LOOPBACK, origin, public_file};
use crate::cluster::{Api, ApiProxy, Cluster, Node, Role};
use crate::machine::{Builder, Dial, Listener, Unit};
use crate::pki::{Server, server_names};
use crate::text::authority::authority;

const DIRECTORY: &str = "/etc/tinderbox/api-proxy";

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node) {
    let Some(api) = &cluster.api else { return };
    let Some(proxy) = api.proxy.as_ref().filter(|_| !node.is(Role::ControlPlane)) else { return };
    let from = || origin("api-proxy", "cluster.controlPlane.proxy");
    machine.file(public_file(format!("{DIRECTORY}/haproxy.cfg"), configuration(api, proxy), from()));
    machine.unit(Unit {
        name: "api-proxy.service".to_owned(),
        text: Some(unit(cluster, proxy)),
        enabled: Some(true),
        mask: false,
        drop_ins: Vec::new(),
        origin: from(),
    });
    machine.listen(Listener {
        who: "the proxy to the API servers",
        address: LOOPBACK,
        port: proxy.port,
        names: cluster.tls.then(|| common_names(cluster)),
        origin: origin("api-proxy", "cluster.controlPlane.proxy.port"),
    });
    for (_, address) in &api.servers {
        // It passes TLS on, and checks no certificate.
        let tls = cluster.tls.then_some(false);
        machine.dial(Dial { host: address.to_string(), port: api.port, tls, origin: from() });
    }
}

/// The names that the certificates of all API servers have, as any of them may answer.
fn common_names(cluster: &Cluster) -> Vec<String> {
    let servers = cluster.nodes.iter().filter(|node| node.is(Role::ControlPlane));
    let names = servers.filter_map(|node| server_names(cluster, node, Server::ApiServer));
    let common = names.reduce(|all, names| all.into_iter().filter(|name| names.contains(name)).collect());
    common.unwrap_or_default().iter().map(ToString::to_string).collect()
}

/// HAProxy's configuration (1.8 and later). Watches are quiet for long, so connections are kept for hours, with
/// keep-alive packets that find out who is gone; those to a server that fails are closed, and clients connect anew.
fn configuration(api: &Api, proxy: &ApiProxy) -> String {
    let mut lines = vec![
        "global".to_owned(),
        "    maxconn 4096".to_owned(),
        String::new(),
        "defaults".to_owned(),
        "    mode tcp".to_owned(),
        "    option clitcpka".to_owned(),
        "    option srvtcpka".to_owned(),
        "    timeout connect 5s".to_owned(),
        "    timeout client 4h".to_owned(),
        "    timeout server 4h".to_owned(),
        "    timeout check 5s".to_owned(),
        String::new(),
        "frontend api".to_owned(),
        format!("    bind 127.0.0.1:{}", proxy.port),
        "    default_backend api-servers".to_owned(),
        String::new(),
        "backend api-servers".to_owned(),
        "    balance leastconn".to_owned(),
        "    option redispatch".to_owned(),
        "    default-server check inter 5s fastinter 1s fall 2 rise 2 on-marked-down shutdown-sessions".to_owned(),
    ];
    lines.extend(
        api.servers.iter().map(|(name, address)| format!("    server {name} {}", authority(*address, api.port))),
    );
    lines.push(String::new());
    lines.join("\n")
}

fn unit(cluster: &Cluster, proxy: &ApiProxy) -> String {
    Engine::of(cluster.platform).unit(&Container {
        name: "api-proxy",
        description: "Balances this node's connections over the API servers",
        image: &proxy.image,
        user: None,
        volumes: &[(DIRECTORY, "/usr/local/etc/haproxy", true)],
        command: &[],
        service: &[],
    })
}
