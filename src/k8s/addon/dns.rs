//! A domain and a service address -> the cluster's DNS by CoreDNS.
//!
//! Source: cluster/addons/dns/coredns.yaml.base of Kubernetes 1.9.4 (CoreDNS 1.0.1) and 1.10.0 (1.0.6), with what later
//! versions of it brought and CoreDNS 1.0.6 can do already: pods apart from each other, few rights, a readiness probe.

use super::{changes_with, control_plane_tolerations};
use crate::k8s::container::{Container, Port, Protocol, Security};
use crate::k8s::object::{ConfigMap, Labels, Service, labels};
use crate::k8s::probe::{Check, Probe};
use crate::k8s::rbac::{Rule, account_with_role};
use crate::k8s::volume::Volume;
use crate::k8s::workload::{Critical, Deployment, Scope, Template, Toleration};
use crate::text::yaml::Yaml;
use std::collections::BTreeMap;

/// The CoreDNS of the time of Kubernetes 1.9.
pub const IMAGE_1_9: &str = "coredns/coredns:1.0.6";

/// How the Corefile of a CoreDNS is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dialect {
    /// Up to 1.4: the plugin `proxy` asks the name servers outside, and services of type ExternalName are
    /// followed by `upstream`.
    Proxy,
    /// Since 1.5, which has no `proxy`: the plugin `forward`; and `ready`, which knows when all plugins are.
    Forward,
}

/// The cluster's DNS.
#[derive(Clone, Debug)]
pub struct Dns {
    /// Image with its tag.
    pub image: String,
    /// How its Corefile is written.
    pub dialect: Dialect,
    /// The cluster's domain, as `cluster.local`: the kubelets' `--cluster-domain`. It must be a domain: it stands in the
    /// Corefile as it is.
    pub domain: String,
    /// The address of its service, of the service range: the kubelets' `--cluster-dns`.
    pub address: String,
    /// The families of the service, where the cluster has two: `IPv4` and `IPv6`, that of the address first.
    pub families: Vec<&'static str>,
    /// How many pods answer.
    pub replicas: u32,
    /// How pods are said to be critical.
    pub critical: Critical,
}

/// Name of the objects, except for the service.
const NAME: &str = "coredns";
/// Pods of kube-dns have this label too: what looks for the cluster's DNS looks for it.
const POD_LABEL: (&str, &str) = ("k8s-app", "kube-dns");
const DNS_PORT: u16 = 53;
/// The default of the plugin `prometheus`.
const METRICS_PORT: u16 = 9153;
/// The default of the plugin `health`.
const HEALTH_PORT: u16 = 8080;
/// The default of the plugin `ready`.
const READY_PORT: u16 = 8181;

impl Dns {
    /// The objects, in the order they are to be made.
    pub fn objects(&self) -> Vec<Yaml> {
        let config = self.config();
        let rule = Rule {
            groups: &[""],
            resources: &["endpoints", "services", "pods", "namespaces"],
            verbs: &["list", "watch"],
        };
        let mut rules = vec![rule];
        if self.dialect == Dialect::Forward {
            // Newer ones read endpoints out of these, where there are any (coredns pull request 4568).
            rules.push(Rule {
                groups: &["discovery.k8s.io"],
                resources: &["endpointslices"],
                verbs: &["list", "watch"],
            });
        }
        let mut objects: Vec<_> = account_with_role(NAME, rules).into();
        objects.extend([config.yaml(), self.deployment(&config).yaml(), self.service().yaml()]);
        objects
    }

    /// The file that says what CoreDNS does.
    fn config(&self) -> ConfigMap {
        let (ready, upstream, forward, more) = match self.dialect {
            Dialect::Proxy => ("", "        upstream\n", "proxy", ""),
            Dialect::Forward => ("    ready\n", "", "forward", "    loop\n    loadbalance\n"),
        };
        let domain = &self.domain;
        // The reverse zones fall through to the name servers outside, which know the addresses that are not of the
        // cluster.
        let corefile = format!(
            ".:{DNS_PORT} {{\n\
             \x20   errors\n\
             \x20   health\n\
             {ready}\
             \x20   kubernetes {domain} in-addr.arpa ip6.arpa {{\n\
             \x20       pods insecure\n\
             {upstream}\
             \x20       fallthrough in-addr.arpa ip6.arpa\n\
             \x20   }}\n\
             \x20   prometheus :{METRICS_PORT}\n\
             \x20   {forward} . /etc/resolv.conf\n\
             \x20   cache 30\n\
             {more}\
             }}\n"
        );
        ConfigMap { name: NAME, labels: Labels::new(), data: BTreeMap::from([("Corefile", corefile)]) }
    }

    fn deployment(&self, config: &ConfigMap) -> Deployment {
        Deployment {
            name: NAME,
            labels: object_labels(),
            replicas: self.replicas,
            template: Template {
                labels: labels([POD_LABEL]),
                annotations: changes_with(config),
                critical: (self.critical, Scope::Cluster),
                service_account: NAME,
                host_network: false,
                // It asks the node's name servers what it does not know; the cluster's would be itself.
                node_dns: true,
                spread: true,
                tolerations: control_plane_tolerations()
                    .chain([Toleration { key: Some("CriticalAddonsOnly"), effect: None }])
                    .collect(),
                init_containers: Vec::new(),
                containers: vec![self.container(config)],
            },
        }
    }

    fn container(&self, config: &ConfigMap) -> Container {
        let probe = |port, path, initial_delay, failures| Probe {
            check: Check::Http(path),
            host: None,
            port,
            initial_delay,
            timeout: 5,
            failures,
        };
        let port = |name, number, protocol| Port { name, number, protocol, on_host: false };
        Container {
            name: NAME,
            image: self.image.clone(),
            args: vec!["-conf".to_owned(), "/etc/coredns/Corefile".to_owned()],
            security: Security::Only(&["NET_BIND_SERVICE"]),
            liveness: Some(probe(HEALTH_PORT, "/health", 60, Some(5))),
            readiness: Some(match self.dialect {
                Dialect::Proxy => probe(HEALTH_PORT, "/health", 0, None),
                Dialect::Forward => probe(READY_PORT, "/ready", 0, None),
            }),
            ports: vec![
                port("dns", DNS_PORT, Protocol::Udp),
                port("dns-tcp", DNS_PORT, Protocol::Tcp),
                port("metrics", METRICS_PORT, Protocol::Tcp),
            ],
            requests: vec![("cpu", "100m"), ("memory", "70Mi")],
            limits: vec![("memory", "170Mi")],
            volumes: vec![
                Volume::ConfigMap { name: "config", config_map: config.name, mount_path: "/etc/coredns" },
                // The Kubernetes client in it logs to files there and exits when it cannot (coredns issue 1597).
                Volume::Empty { name: "tmp", mount_path: "/tmp" },
            ],
            ..Container::default()
        }
    }

    /// The service has kube-dns's name, so that it replaces it and nobody notices.
    fn service(&self) -> Service {
        let port = METRICS_PORT.to_string();
        Service {
            name: "kube-dns",
            labels: object_labels(),
            annotations: labels([("prometheus.io/port", &port), ("prometheus.io/scrape", "true")]),
            selector: labels([POD_LABEL]),
            address: Some(self.address.clone()),
            families: self.families.clone(),
            ports: vec![
                ("dns", DNS_PORT, Protocol::Udp),
                ("dns-tcp", DNS_PORT, Protocol::Tcp),
                ("metrics", METRICS_PORT, Protocol::Tcp),
            ],
        }
    }
}

/// `kubectl cluster-info` lists the services that have the second one.
fn object_labels() -> Labels {
    labels([POD_LABEL, ("kubernetes.io/cluster-service", "true"), ("kubernetes.io/name", "CoreDNS")])
}
