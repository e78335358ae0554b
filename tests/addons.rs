//! Manifests of what runs in a cluster -> read by the Kubernetes API's own types, where an unknown key is an error; and
//! whatever one object says of another is so.

mod common;

use common::api::{assert_mounted, read};
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment};
use k8s_openapi::api::core::v1::{ConfigMap, PodSpec, Secret, Service, ServiceAccount};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use tinderbox::k8s::addon::bootstrap::{self, BootstrapGroup, BootstrapToken, GroupError, TokenError};
use tinderbox::k8s::addon::dns::{self, Dialect, Dns};
use tinderbox::k8s::addon::flannel::{self, Backend, Flannel, Networks};
use tinderbox::k8s::object::list;
use tinderbox::k8s::workload::{CRITICAL, Critical};
use tinderbox::text::yaml::{Yaml, write};

fn dns() -> Dns {
    Dns {
        image: dns::IMAGE_1_9.to_owned(),
        dialect: Dialect::Proxy,
        domain: "cluster.local".to_owned(),
        address: "10.253.0.10".to_owned(),
        families: Vec::new(),
        replicas: 2,
        critical: Critical::Annotation,
    }
}

fn flannel() -> Flannel {
    Flannel {
        image: flannel::IMAGE_1_9.to_owned(),
        cni: flannel::Cni::OnNode { version: flannel::CNI_VERSION_1_9 },
        networks: Networks { v4: Some("10.254.0.0/16".to_owned()), v6: None },
        backend: None,
        api_server: Some(("192.168.1.5".to_owned(), 6443)),
        interface: Some("eth0".to_owned()),
        privileged: true,
        critical: Critical::Annotation,
    }
}

/// What is written for later versions.
fn later() -> (Dns, Flannel) {
    let critical = Critical::PriorityClass;
    let networks = Networks { v6: Some("fd00:10:254::/56".to_owned()), ..flannel().networks };
    let bare = Flannel { api_server: None, interface: None, privileged: false, critical, networks, ..flannel() };
    (Dns { dialect: Dialect::Forward, critical, families: vec!["IPv4", "IPv6"], ..dns() }, bare)
}

fn group() -> BootstrapGroup {
    BootstrapGroup::parse("system:bootstrappers:tinderbox").unwrap()
}

fn bindings() -> Vec<Yaml> {
    bootstrap::bindings(&group(), bootstrap::KUBELET_CLIENT)
}

/// The same tree, for comparing.
fn json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => (*value).into(),
        Yaml::Int(value) => (*value).into(),
        Yaml::Float(value) => (*value).into(),
        Yaml::Octal(value) => (*value).into(),
        Yaml::Str(text) => text.clone().into(),
        Yaml::Seq(items) => items.iter().map(json).collect(),
        Yaml::Map(entries) => entries.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
    }
}

/// The one object of a kind.
fn one<T: DeserializeOwned>(objects: &[Yaml], kind: &str) -> T {
    let mut of_kind = objects.iter().filter(|object| json(object)["kind"] == *kind);
    let (found, more) = (of_kind.next(), of_kind.next());
    assert!(found.is_some() && more.is_none(), "one {kind}");
    read(kind, &write(found.unwrap()))
}

#[test]
fn the_kubernetes_api_knows_every_key_of_every_object() {
    let (later_dns, later_flannel) = later();
    for objects in [dns().objects(), flannel().objects(), later_dns.objects(), later_flannel.objects(), bindings()] {
        let text = list(objects.clone());
        let read_back: Value = serde_yaml::from_str(&text).unwrap();
        assert_eq!(read_back["items"], objects.iter().map(json).collect::<Value>());
        assert_eq!((&read_back["kind"], &read_back["apiVersion"]), (&"List".into(), &"v1".into()));
        for object in &objects {
            let (text, tree) = (write(object), json(object));
            match tree["kind"].as_str().unwrap() {
                "ServiceAccount" => drop(read::<ServiceAccount>("ServiceAccount", &text)),
                "ClusterRole" => drop(read::<ClusterRole>("ClusterRole", &text)),
                "ClusterRoleBinding" => drop(read::<ClusterRoleBinding>("ClusterRoleBinding", &text)),
                "ConfigMap" => drop(read::<ConfigMap>("ConfigMap", &text)),
                "Service" => drop(read::<Service>("Service", &text)),
                "Deployment" => drop(read::<Deployment>("Deployment", &text)),
                "DaemonSet" => drop(read::<DaemonSet>("DaemonSet", &text)),
                kind => panic!("{kind}"),
            }
            let in_cluster = tree["kind"].as_str().unwrap().starts_with("Cluster");
            assert_eq!(tree["metadata"]["namespace"] == "kube-system", !in_cluster);
        }
    }
}

/// Every name that one object has for another is that of an object before it.
fn assert_joined(objects: &[Yaml], spec: &PodSpec) {
    let account: ServiceAccount = one(objects, "ServiceAccount");
    let role: ClusterRole = one(objects, "ClusterRole");
    let binding: ClusterRoleBinding = one(objects, "ClusterRoleBinding");
    let config: ConfigMap = one(objects, "ConfigMap");
    let account = account.metadata.name;
    assert_eq!(Some(binding.role_ref.name), role.metadata.name);
    let [subject] = &binding.subjects.unwrap()[..] else { panic!("one subject") };
    assert_eq!((Some(subject.name.clone()), subject.namespace.as_deref()), (account.clone(), Some("kube-system")));
    assert_eq!(spec.service_account_name, account);
    let maps: Vec<_> = spec.volumes.iter().flatten().filter_map(|volume| volume.config_map.as_ref()).collect();
    assert_eq!(maps.len(), 1);
    assert_eq!(Some(&maps[0].name), config.metadata.name.as_ref());
    assert_mounted("addon", spec);
}

#[test]
fn the_service_of_dns_finds_its_pods() {
    for dns in [dns(), later().0] {
        let objects = dns.objects();
        let deployment: Deployment = one(&objects, "Deployment");
        let service: Service = one(&objects, "Service");
        let spec = deployment.spec;
        let pod = spec.template.metadata.clone().unwrap();
        let template = spec.template.spec.clone().unwrap();
        assert_eq!(spec.selector.match_labels, pod.labels);
        assert_eq!(spec.replicas, Some(2));
        assert_joined(&objects, &template);
        assert_eq!(template.dns_policy.as_deref(), Some("Default"));

        assert_eq!(service.metadata.name.as_deref(), Some("kube-dns"));
        let service = service.spec.unwrap();
        assert_eq!(service.cluster_ip.as_deref(), Some("10.253.0.10"));
        assert_eq!(service.selector, pod.labels);
        let served: Vec<_> = service.ports.unwrap().into_iter().map(|p| (p.port, p.protocol)).collect();
        let container = &template.containers[0];
        let ports = container.ports.clone().unwrap();
        assert_eq!(served, ports.into_iter().map(|p| (p.container_port, p.protocol)).collect::<Vec<_>>());

        let security = container.security_context.clone().unwrap();
        assert_eq!(
            (security.allow_privilege_escalation, security.read_only_root_filesystem),
            (Some(false), Some(true))
        );
        assert!(template.volumes.unwrap().iter().any(|v| v.empty_dir.is_some()), "a place for its logs");
    }
}

#[test]
fn dns_is_written_in_the_dialect_of_its_version() {
    let corefile = |dns: Dns| one::<ConfigMap>(&dns.objects(), "ConfigMap").data.unwrap()["Corefile"].clone();
    let (old, new) = (corefile(dns()), corefile(later().0));
    assert_eq!(
        old,
        ".:53 {\n    errors\n    health\n    kubernetes cluster.local in-addr.arpa ip6.arpa {\n        pods insecure\n        \
         upstream\n        fallthrough in-addr.arpa ip6.arpa\n    }\n    prometheus :9153\n    proxy . \
         /etc/resolv.conf\n    cache 30\n}\n"
    );
    assert!(new.contains("\n    ready\n") && new.contains("\n    forward . /etc/resolv.conf\n"));
    assert!(!new.contains("proxy") && !new.contains("upstream"));
}

#[test]
fn a_second_family_is_told_to_the_service_and_to_flannel() {
    let service = |dns: Dns| one::<Service>(&dns.objects(), "Service").spec.unwrap();
    assert_eq!((service(dns()).ip_families, service(dns()).ip_family_policy), (None, None));
    let dual = service(later().0);
    assert_eq!(dual.ip_families.unwrap(), ["IPv4", "IPv6"]);
    assert_eq!(dual.ip_family_policy.as_deref(), Some("PreferDualStack"));

    let network = |networks| {
        let data = one::<ConfigMap>(&Flannel { networks, ..flannel() }.objects(), "ConfigMap").data.unwrap();
        serde_json::from_str::<Value>(&data["net-conf.json"]).unwrap()
    };
    let (v4, v6) = (Some("10.254.0.0/16".to_owned()), Some("fd00:10:254::/56".to_owned()));
    let backend = serde_json::json!({ "Type": "vxlan" });
    assert_eq!(
        network(Networks { v4: v4.clone(), v6: None }),
        serde_json::json!({ "Network": "10.254.0.0/16", "Backend": backend })
    );
    assert_eq!(
        network(Networks { v4, v6: v6.clone() }),
        serde_json::json!({
            "Network": "10.254.0.0/16", "EnableIPv6": true, "IPv6Network": "fd00:10:254::/56", "Backend": backend,
        })
    );
    assert_eq!(
        network(Networks { v4: None, v6 }),
        serde_json::json!({
            "EnableIPv4": false, "EnableIPv6": true, "IPv6Network": "fd00:10:254::/56", "Backend": backend,
        })
    );
}

#[test]
fn pods_are_replaced_when_their_configuration_changes() {
    let annotations = |dns: Dns| {
        let deployment: Deployment = one(&dns.objects(), "Deployment");
        deployment.spec.template.metadata.unwrap().annotations.unwrap()
    };
    let (old, new) = (annotations(dns()), annotations(Dns { domain: "example.com".to_owned(), ..dns() }));
    assert_eq!(old, annotations(Dns { replicas: 3, ..dns() }));
    assert_ne!(old["tinderbox/config-sha256"], new["tinderbox/config-sha256"]);
    assert_eq!(old[CRITICAL], "");
    assert!(!annotations(later().0).contains_key(CRITICAL));
}

#[test]
fn flannel_runs_on_every_node_and_needs_no_proxy() {
    let (usual, bare) = (flannel(), later().1);
    for flannel in [&usual, &bare] {
        let objects = flannel.objects();
        let set: DaemonSet = one(&objects, "DaemonSet");
        let spec = set.spec;
        assert_eq!(spec.selector.match_labels, spec.template.metadata.unwrap().labels);
        let pod = spec.template.spec.unwrap();
        assert_joined(&objects, &pod);
        assert_eq!(pod.host_network, Some(true));
        let toleration = &pod.tolerations.as_ref().unwrap()[0];
        assert_eq!((&toleration.key, toleration.operator.as_deref()), (&None, Some("Exists")));

        let daemon = &pod.containers[0];
        let command = daemon.command.clone().unwrap();
        assert!(command.contains(&"--kube-subnet-mgr".to_owned()));
        assert_eq!(command.contains(&"--iface=eth0".to_owned()), flannel.interface.is_some());
        let env: BTreeMap<_, _> = daemon.env.iter().flatten().map(|e| (e.name.as_str(), e.value.as_deref())).collect();
        assert_eq!(env.contains_key("KUBERNETES_SERVICE_HOST"), flannel.api_server.is_some());
        if flannel.api_server.is_some() {
            assert_eq!(env["KUBERNETES_SERVICE_PORT"], Some("6443"));
        }
        let security = daemon.security_context.clone().unwrap();
        assert_eq!(security.privileged.unwrap_or(false), flannel.privileged);
    }
}

#[test]
fn flannels_files_are_json() {
    let file = |flannel: Flannel, name: &str| -> Value {
        let config: ConfigMap = one(&flannel.objects(), "ConfigMap");
        serde_json::from_str(&config.data.unwrap()[name]).unwrap()
    };
    for (backend, name) in [
        (None, "vxlan"),
        (Some(Backend::Vxlan), "vxlan"),
        (Some(Backend::Udp), "udp"),
        (Some(Backend::HostGw), "host-gw"),
    ] {
        let network = file(Flannel { backend, ..flannel() }, "net-conf.json");
        assert_eq!(network, serde_json::json!({ "Network": "10.254.0.0/16", "Backend": { "Type": name } }));
    }
    let cni = file(flannel(), "cni-conf.json");
    assert_eq!((&cni["cniVersion"], &cni["plugins"][1]["type"]), (&"0.3.1".into(), &"portmap".into()));
}

#[test]
fn bootstrap_binds_the_roles_of_1_9_and_one_of_ours() {
    let bindings: Vec<_> = bindings().iter().map(json).collect();
    let given: Vec<_> = bindings.iter().filter(|object| object["kind"] == "ClusterRoleBinding").collect();
    let pairs: Vec<_> = given
        .iter()
        .map(|b| {
            (
                b["roleRef"]["name"].as_str().unwrap(),
                b["subjects"][0]["kind"].as_str().unwrap(),
                b["subjects"][0]["name"].as_str().unwrap(),
            )
        })
        .collect();
    let csr = "system:certificates.k8s.io:certificatesigningrequests";
    let ours = "system:bootstrappers:tinderbox";
    assert_eq!(
        pairs,
        [
            ("system:node-bootstrapper", "Group", ours),
            (format!("{csr}:nodeclient").as_str(), "Group", ours),
            (format!("{csr}:selfnodeclient").as_str(), "Group", "system:nodes"),
            ("tinderbox:kubelet-api-admin", "User", "kube-apiserver-kubelet-client"),
        ]
    );
    let role = bindings.iter().find(|object| object["kind"] == "ClusterRole").unwrap();
    assert_eq!(role["metadata"]["name"], "tinderbox:kubelet-api-admin");
}

const TOKEN: &str = "07401b.f395accd246ae52d";

#[test]
fn a_token_becomes_a_secret_for_authentication_alone() {
    let token = BootstrapToken::parse(TOKEN).unwrap();
    let secret: Secret = read("Secret", &token.secret(Some("2026-12-01T00:00:00Z"), &[group()]));
    assert_eq!(secret.metadata.name.as_deref(), Some("bootstrap-token-07401b"));
    assert_eq!(secret.metadata.namespace.as_deref(), Some("kube-system"));
    assert_eq!(secret.type_.as_deref(), Some("bootstrap.kubernetes.io/token"));
    let data = secret.string_data.unwrap();
    let expected = [
        ("auth-extra-groups", "system:bootstrappers:tinderbox"),
        ("expiration", "2026-12-01T00:00:00Z"),
        ("token-id", "07401b"),
        ("token-secret", "f395accd246ae52d"),
        ("usage-bootstrap-authentication", "true"),
    ];
    assert_eq!(data.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect::<Vec<_>>(), expected);
    let eternal: Secret = read("Secret", &token.secret(None, &[]));
    assert_eq!(eternal.string_data.unwrap().len(), 3);
    assert_eq!((token.id(), token.text().as_str()), ("07401b", TOKEN));
    assert!(!format!("{token:?}").contains("f395"));
    // A YAML reader takes these for numbers where they are not quoted.
    let secret: Secret = read("Secret", &BootstrapToken::parse("123456.1234567890123456").unwrap().secret(None, &[]));
    assert_eq!(secret.string_data.unwrap()["token-id"], "123456");
}

#[test]
fn refuses_what_is_no_token_or_group() {
    for bad in [
        "",
        ".",
        "07401b",
        "07401bf395accd246ae52d",
        "07401.f395accd246ae52d",
        "07401b.f395accd246ae52",
        "07401b.f395accd246ae52dd",
        "07401B.f395accd246ae52d",
        "07401b.f395accd246ae52\u{e9}",
        "07401b.f395accd246ae52d\n",
        " 07401b.f395accd246ae52d",
        "07401b.f395.ccd246ae52d",
    ] {
        assert_eq!(BootstrapToken::parse(bad), Err(TokenError), "{bad:?}");
    }
    // pkg/bootstrap/api/helpers_test.go
    for good in ["foo", "foo:bar:baz", "foo-bar-42", "x"] {
        assert!(BootstrapGroup::parse(&format!("system:bootstrappers:{good}")).is_ok(), "{good}");
    }
    let long = "x".repeat(257);
    for bad in ["", " ", "Foo", "*", "foo:", "foo-", "a b", "a,b", "a\n", &long] {
        assert_eq!(BootstrapGroup::parse(&format!("system:bootstrappers:{bad}")), Err(GroupError), "{bad:?}");
    }
    assert_eq!(BootstrapGroup::parse("system:masters"), Err(GroupError));
}
