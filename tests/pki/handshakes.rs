//! Pairs of a generated directory in the hands of openssl's TLS server and client -> connections between those that
//! should talk, and no others.

use crate::common::certificates::{Held, Referee};
use crate::common::handshakes::{Server, connects};
use crate::place::{Place, example};

const IP: &str = "-verify_ip";
const NAME: &str = "-verify_hostname";

struct Scene {
    referee: Referee,
    place: Place,
}

impl Scene {
    /// Nothing, and a note, without openssl.
    fn set(case: &str) -> Option<Self> {
        Some(Self { referee: Referee::find()?, place: Place::with_keys(case, &example(case), &[]) })
    }

    fn held(&self, stem: &str) -> Held {
        Held { pem: self.place.text(&format!("{stem}.crt")), key: self.place.text(&format!("{stem}.key")) }
    }

    /// A server with the pair `server` for clients of the authority `clients`: whom it lets in, whom it does not, and by
    /// which names they find it when they trust `ca`.
    fn holds(
        &self,
        server: &str,
        (ca, clients): (&str, &str),
        lets_in: &[&str],
        refuses: &[&str],
        names: &[[&str; 2]],
    ) {
        let running = Server::start(&self.referee, &self.held(clients), &self.held(server));
        let trusted = self.held(ca);
        let connects = |trusted: &Held, client: Option<&str>, name: &[&str; 2]| {
            let client = client.map(|stem| self.held(stem));
            connects(&self.referee, &running, trusted, client.as_ref(), name)
        };
        let [first, ..] = lets_in else { panic!("somebody is let in") };
        for name in names {
            assert!(connects(&trusted, Some(first), name), "{server} as {name:?}");
        }
        for client in lets_in {
            assert!(connects(&trusted, Some(client), &names[0]), "{server} lets {client} in");
        }
        for client in refuses {
            assert!(!connects(&trusted, Some(client), &names[0]), "{server} refuses {client}");
        }
        assert!(!connects(&trusted, None, &names[0]), "{server} refuses who has no certificate");
        for name in [[IP, "192.0.2.1"], [NAME, "somebody.example.com"]] {
            assert!(!connects(&trusted, Some(first), &name), "{server} is not {name:?}");
        }
        for other in ["ca", "etcd-ca", "front-proxy-ca"].iter().filter(|other| **other != ca) {
            assert!(!connects(&self.held(other), Some(first), &names[0]), "{server} has no certificate of {other}");
        }
        assert!(connects(&trusted, Some(first), &names[0]), "{server} has not ended meanwhile");
    }
}

/// What is in the cluster of the example, and on its node.
fn api_server(case: &str, node: &str, names: &[[&str; 2]]) {
    let Some(scene) = Scene::set(case) else { return };
    let own = |leaf: &str| format!("nodes/{node}/{leaf}");
    let lets_in = [
        "admin".to_owned(),
        own("controller-manager"),
        own("scheduler"),
        own("kubelet-client"),
        own("kube-proxy"),
        own("addons"),
        "nodes/worker-1/kube-proxy".to_owned(),
    ];
    let refuses =
        [own("apiserver-etcd-client"), own("etcd-peer"), own("front-proxy-client"), own("apiserver"), own("kubelet")];
    let lets_in: Vec<_> = lets_in.iter().map(String::as_str).collect();
    let refuses: Vec<_> = refuses.iter().map(String::as_str).collect();
    let inside = [[IP, "127.0.0.1"], [IP, "10.253.0.1"], [NAME, "kubernetes"], [NAME, "kubernetes.default.svc"]];
    let names = [&inside[..], &[[NAME, "kubernetes.default.svc.cluster.local"], [NAME, "localhost"]], names].concat();
    scene.holds(&own("apiserver"), ("ca", "ca"), &lets_in, &refuses, &names);
}

#[test]
fn an_api_server_lets_the_clients_of_the_cluster_in_and_no_others_by_all_its_names() {
    api_server("ha", "cp-2", &[[IP, "192.168.10.12"], [NAME, "cp-2"]]);
}

#[test]
fn so_does_one_with_rsa_keys() {
    api_server("ipvs", "master", &[[IP, "192.168.20.10"], [NAME, "kube.lab.example.com"]]);
}

#[test]
fn etcd_lets_its_members_and_the_api_servers_in_and_nobody_of_the_cluster() {
    let Some(scene) = Scene::set("ha") else { return };
    let names = [[IP, "192.168.10.11"], [IP, "127.0.0.1"], [NAME, "cp-1"], [NAME, "localhost"]];
    let lets_in = ["nodes/cp-2/apiserver-etcd-client", "nodes/cp-3/etcd-peer", "nodes/cp-1/etcd-server"];
    let refuses = ["admin", "nodes/cp-1/apiserver-kubelet-client", "nodes/cp-1/front-proxy-client"];
    for server in ["nodes/cp-1/etcd-server", "nodes/cp-1/etcd-peer"] {
        scene.holds(server, ("etcd-ca", "etcd-ca"), &lets_in, &refuses, &names);
    }
}

#[test]
fn etcd_lets_flannel_in_where_its_leases_are_there() {
    let Some(scene) = Scene::set("ipvs") else { return };
    let lets_in = ["nodes/worker-1/flannel-etcd-client", "nodes/master/apiserver-etcd-client"];
    let names = [[IP, "192.168.20.10"]];
    scene.holds("nodes/master/etcd-server", ("etcd-ca", "etcd-ca"), &lets_in, &["nodes/worker-1/kube-proxy"], &names);
}

#[test]
fn a_kubelet_lets_the_api_server_in_by_name_and_address_of_its_node() {
    let Some(scene) = Scene::set("ha") else { return };
    let names = [[IP, "192.168.10.21"], [NAME, "worker-1"]];
    let refuses = ["nodes/cp-1/etcd-peer", "nodes/cp-1/front-proxy-client"];
    let server = "nodes/worker-1/kubelet";
    scene.holds(server, ("ca", "ca"), &["nodes/cp-3/apiserver-kubelet-client"], &refuses, &names);
}

#[test]
fn an_extension_server_takes_what_comes_through_the_api_server_and_nothing_else() {
    let Some(scene) = Scene::set("ha") else { return };
    // It has a certificate of its own authority; any of the cluster will do here.
    let refuses = ["admin", "nodes/cp-1/apiserver-kubelet-client", "nodes/cp-1/apiserver-etcd-client"];
    let names = [[NAME, "kubernetes.default.svc"]];
    let server = "nodes/cp-1/apiserver";
    scene.holds(server, ("ca", "front-proxy-ca"), &["nodes/cp-2/front-proxy-client"], &refuses, &names);
}
