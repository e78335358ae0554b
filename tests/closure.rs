//! Machines with one thing that is not closed about them, and the same with it mended -> what the checks say of each.

use std::net::Ipv4Addr;
use tinderbox::closure::{Cache, Reach, check};
use tinderbox::machine::{
    Builder, Dial, DropIn, EtcdMember, File, FlannelDaemon, Listener, Machine, Origin, Present, Unit,
};
use tinderbox::report::{OptionPath, Report, Severity};

fn origin(writer: &'static str) -> Origin {
    Origin { writer, option: OptionPath::of("cluster.test").attr(writer) }
}

fn file(path: &str, content: &str) -> File {
    File {
        path: path.to_owned(),
        mode: 0o644,
        owner: 0,
        content: content.as_bytes().to_vec(),
        secret: false,
        origin: origin("component"),
    }
}

fn users(file: File) -> File {
    File { origin: origin("extra"), ..file }
}

fn unit(name: &str, text: &str) -> Unit {
    Unit {
        name: name.to_owned(),
        text: Some(text.to_owned()),
        enabled: None,
        mask: false,
        drop_ins: Vec::new(),
        origin: origin("component"),
    }
}

fn drop_in(unit_name: &str, text: &str) -> Unit {
    let drop_in = DropIn { name: "50-test.conf".to_owned(), text: text.to_owned(), origin: origin("component") };
    Unit { text: None, drop_ins: vec![drop_in], ..unit(unit_name, "") }
}

fn listener(who: &'static str, address: [u8; 4], port: u16, names: Option<&[&str]>) -> Listener {
    let names = names.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
    Listener { who, address: Ipv4Addr::from(address).into(), port, names, origin: origin(who) }
}

/// A pod whose one container has these flags and sees /etc/kubernetes/ssl.
fn api_server(flags: &str) -> String {
    pod("kube-apiserver", &format!("[/hyperkube, apiserver, {flags}]"), "/etc/kubernetes/ssl")
}

fn pod(name: &str, command: &str, volume: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: kube-system}}\nspec:\n  hostNetwork: true\n  \
         containers:\n    - name: {name}\n      image: example.com/a:1\n      command: {command}\n      volumeMounts:\n        \
         - {{name: v, mountPath: {volume}, readOnly: true}}\n  volumes:\n    - name: v\n      hostPath: {{path: {volume}}}\n"
    )
}

fn machine(add: impl FnOnce(&mut Builder)) -> Machine {
    let mut builder = Builder::new("n1");
    add(&mut builder);
    builder.finish().unwrap()
}

fn found(add: impl FnOnce(&mut Builder)) -> Report {
    check(&machine(add), &mut Cache::default())
}

#[track_caller]
fn closed(add: impl FnOnce(&mut Builder)) {
    let report = found(add);
    assert!(report.is_empty(), "{:?}", report.diagnostics());
}

/// One problem of `rule`, whose message holds `words`.
#[track_caller]
fn open(rule: &str, words: &[&str], add: impl FnOnce(&mut Builder)) {
    told(&found(add), rule, words);
}

#[track_caller]
fn told(report: &Report, rule: &str, words: &[&str]) {
    let [problem] = report.diagnostics() else { panic!("{:?}", report.diagnostics()) };
    assert_eq!(problem.rule, rule, "{}", problem.message);
    for word in words {
        assert!(problem.message.contains(word), "{word}: {}", problem.message);
    }
    assert!(problem.help.is_some());
}

#[test]
fn a_flag_names_a_file_that_is_there() {
    let manifest = api_server("--client-ca-file=/etc/kubernetes/ssl/ca.pem, --audit-log-path=/etc/kubernetes/ssl/log");
    let with = |path: &'static str| {
        let manifest = manifest.clone();
        move |m: &mut Builder| {
            m.file(file("/etc/kubernetes/manifests/a.yaml", &manifest));
            m.file(file(path, ""));
        }
    };
    closed(with("/etc/kubernetes/ssl/ca.pem"));
    open(
        "files-present",
        &["/etc/kubernetes/ssl/ca.pem on node n1", "container kube-apiserver", "--client-ca-file", "nothing makes it"],
        with("/etc/kubernetes/ssl/other.pem"),
    );
    closed(|m| {
        m.file(file("/m.yaml", &manifest));
        m.present(Present {
            path: "/etc/kubernetes/ssl".to_owned(),
            mode: 0o755,
            owner: 0,
            origin: origin("component"),
        });
    });
}

#[test]
fn two_words_and_lists_are_read_too() {
    let of = |flags: &'static str| {
        move |m: &mut Builder| {
            m.file(file("/m.yaml", &api_server(flags)));
            m.file(file("/etc/kubernetes/ssl/a", ""));
        }
    };
    closed(of("--tls-cert-file, /etc/kubernetes/ssl/a"));
    open("files-present", &["ssl/b"], of("--tls-cert-file, /etc/kubernetes/ssl/b"));
    open(
        "files-present",
        &["ssl/b"],
        of("--tls-sni-cert-key, '/etc/kubernetes/ssl/a,/etc/kubernetes/ssl/b:*.example'"),
    );
}

#[test]
fn a_container_sees_what_it_reads() {
    open("files-present", &["/etc/kubernetes/pki/ca.pem", "none of its volumes shows it"], |m| {
        m.file(file("/etc/kubernetes/pki/ca.pem", ""));
        m.file(file("/etc/kubernetes/ssl/x", ""));
        m.file(file("/m.yaml", &api_server("--client-ca-file=/etc/kubernetes/pki/ca.pem")));
    });
    // The container's path is mapped to the node's.
    let manifest = pod("kube-proxy", "[/hyperkube, proxy, --config=/config/proxy.yaml]", "/config")
        .replace("path: /config}\n", "path: /srv/proxy/}\n");
    let manifest = manifest.replace("hostPath: {path: /config}", "hostPath: {path: /srv/proxy}");
    closed(|m| {
        m.file(file("/m.yaml", &manifest));
        m.file(file("/srv/proxy/proxy.yaml", ""));
    });
}

#[test]
fn a_volume_shows_what_is_there() {
    let manifest = pod("a", "[/bin/a]", "/srv/a");
    open("files-present", &["/srv/a on node n1", "volume v of pod a"], |m| m.file(file("/m.yaml", &manifest)));
    closed(|m| m.file(file("/m.yaml", &manifest.replace("path: /srv/a}", "path: /srv/a, type: DirectoryOrCreate}"))));
    // Docker makes a directory for a container to write to.
    let report = found(|m| m.file(file("/m.yaml", &manifest.replace(", readOnly: true", ""))));
    assert_eq!(report.diagnostics()[0].severity, Severity::Warning);
    open("files-present", &["mounts this volume"], |m| {
        m.file(file("/m.yaml", &manifest.replace("name: v\n", "name: w\n").replace("/srv/a", "/var/log")));
    });
}

#[test]
fn a_kubeconfig_is_followed() {
    let kubeconfig = "apiVersion: v1\nkind: Config\nclusters:\n- cluster: {server: https://api.example.com, certificate-authority: ca.pem}\n";
    let config = "kind: KubeSchedulerConfiguration\nclientConnection: {kubeconfig: /etc/kubernetes/ssl/kubeconfig}\n";
    let with = |path: &'static str| {
        move |m: &mut Builder| {
            let manifest = pod("s", "[kube-scheduler, --config=/etc/kubernetes/ssl/s.yaml]", "/etc/kubernetes/ssl");
            m.file(file("/m.yaml", &manifest));
            m.file(file("/etc/kubernetes/ssl/s.yaml", config));
            m.file(file("/etc/kubernetes/ssl/kubeconfig", kubeconfig));
            m.file(file(path, ""));
        }
    };
    closed(with("/etc/kubernetes/ssl/ca.pem"));
    open(
        "files-present",
        &["/etc/kubernetes/ssl/ca.pem", "certificate-authority in /etc/kubernetes/ssl/kubeconfig"],
        with("/etc/kubernetes/ca.pem"),
    );
}

#[test]
fn the_kubelet_reads_on_the_node() {
    let text = "[Service]\nEnvironment=\"RKT_RUN_ARGS=--volume d,kind=host,source=/srv/d \\\n  --mount volume=d,target=/d\"\n\
                ExecStartPre=/usr/bin/mkdir -p /srv/d /var/lib/kubelet\nExecStop=/bin/sh -c \"hyperkube kubelet --v=2; true\"\n\
                ExecStart=/usr/lib/coreos/kubelet-wrapper \\\n  --client-ca-file=/etc/kubernetes/ca.pem \\\n  \
                --kubeconfig=/var/lib/kubelet/k --bootstrap-kubeconfig=/etc/kubernetes/b --pod-manifest-path=/etc/kubernetes/m\n";
    let with = |text: String| {
        move |m: &mut Builder| {
            m.file(file("/etc/kubernetes/b", ""));
            m.file(file("/etc/kubernetes/ca.pem", ""));
            m.unit(unit("kubelet.service", &text));
        }
    };
    closed(with(text.to_owned()));
    open("files-present", &["other.pem", "kubelet.service reads it"], with(text.replace("ca.pem", "other.pem")));
    open("files-present", &["/srv/e", "RKT_RUN_ARGS"], with(text.replace("source=/srv/d", "source=/srv/e")));
}

#[test]
fn a_unit_runs_what_is_there_and_may_run() {
    let text = "[Service]\nExecStart=-/opt/bin/perhaps\nExecStart=/opt/bin/a\n";
    let script = File { mode: 0o755, ..file("/opt/bin/a", "#!/bin/sh\n") };
    closed(|m| {
        m.unit(unit("a.service", text));
        m.file(script);
    });
    open("files-present", &["/opt/bin/a", "runs it"], |m| m.unit(unit("a.service", text)));
    open("file-modes-usable", &["/opt/bin/a", "0644"], |m| {
        m.unit(unit("a.service", text));
        m.file(file("/opt/bin/a", ""));
    });
    // What a unit of the user's downloads may be there.
    closed(|m| {
        m.unit(unit("a.service", text));
        let text = "[Service]\nExecStart=/usr/bin/curl -fLo /opt/bin/a https://example.com/a\n";
        m.unit(Unit { origin: origin("extra"), ..unit("b.service", text) });
    });
}

#[test]
fn an_environment_file_is_there_unless_it_may_be_missing() {
    let with = |line: &str| {
        let text = format!("[Service]\n{line}\nExecStart=/usr/bin/true\n");
        move |m: &mut Builder| m.unit(unit("a.service", &text))
    };
    closed(with("EnvironmentFile=-/etc/a.env"));
    closed(with("EnvironmentFile=/run/metadata/coreos"));
    open("files-present", &["/etc/a.env", "EnvironmentFile"], with("EnvironmentFile=/etc/a.env"));
}

#[test]
fn etcd_sees_its_directory_and_may_read_there() {
    let with = |mode: u32, owner: u32, directory: &str| {
        let text = format!("[Service]\nEnvironment=ETCD_SSL_DIR={directory}\n");
        move |m: &mut Builder| {
            m.etcd(EtcdMember {
                version: None,
                options: vec![("cert_file", "/etc/ssl/certs/etcd.pem".to_owned().into())],
                origin: origin("etcd"),
            });
            m.unit(drop_in("etcd-member.service", &text));
            m.file(File { mode, owner, ..file("/etc/ssl/etcd/etcd.pem", "") });
        }
    };
    closed(with(0o400, 232, "/etc/ssl/etcd"));
    closed(with(0o644, 0, "/etc/ssl/etcd"));
    open("file-modes-usable", &["/etc/ssl/etcd/etcd.pem", "user 232"], with(0o400, 0, "/etc/ssl/etcd"));
    open("files-present", &["/etc/kubernetes/pki/etcd.pem"], with(0o644, 0, "/etc/kubernetes/pki"));
}

#[test]
fn flannel_sees_what_it_is_given() {
    let with = |directory: &'static str, unit: Option<&'static str>| {
        move |m: &mut Builder| {
            m.flannel(FlannelDaemon {
                options: vec![
                    ("etcd_endpoints", "https://etcd.example.com:2379".to_owned().into()),
                    ("etcd_cafile", format!("{directory}/ca.pem").into()),
                ],
                origin: origin("flannel"),
            });
            if let Some(text) = unit {
                m.unit(drop_in("flanneld.service", text));
            }
            m.file(file(&format!("{directory}/ca.pem"), ""));
        }
    };
    closed(with("/etc/ssl/etcd", None));
    closed(with("/etc/flannel", Some("[Service]\nEnvironment=ETCD_SSL_DIR=/etc/flannel\n")));
    let mounts = "[Service]\nEnvironment=\"RKT_RUN_ARGS=--volume=e,kind=host,source=/etc/flannel --mount=volume=e,target=/etc/flannel\"\n";
    closed(with("/etc/flannel", Some(mounts)));
    let told = ["/etc/flannel/ca.pem", "flannel reads it (etcd_cafile)"];
    open("files-present", &told, with("/etc/flannel", None));
}

#[test]
fn another_user_needs_the_mode() {
    let manifest = api_server("--tls-private-key-file=/etc/kubernetes/ssl/key");
    let manifest = manifest.replace("spec:\n", "spec:\n  securityContext: {runAsUser: 65534, runAsGroup: 65534}\n");
    let with = |mode: u32, owner: u32| {
        let manifest = manifest.clone();
        move |m: &mut Builder| {
            m.file(file("/m.yaml", &manifest));
            m.file(File { mode, owner, ..file("/etc/kubernetes/ssl/key", "") });
        }
    };
    closed(with(0o400, 65534));
    open("file-modes-usable", &["user 65534"], with(0o600, 0));
    open("file-modes-usable", &["user 65534"], with(0o640, 0));
}

#[test]
fn a_secret_is_for_its_owner() {
    let with = |mode, owner| move |m: &mut Builder| m.file(File { mode, owner, secret: true, ..file("/etc/key", "") });
    closed(with(0o600, 0));
    closed(with(0o640, 232));
    open("file-modes-usable", &["it is secret", "0640"], with(0o640, 0));
    open("file-modes-usable", &["it is secret", "0604"], with(0o604, 232));
}

/// A file that was published for this operating system has this mistake: the unit of its keys copies
/// `${K8S_CERT_KEY}`, which nothing sets.
#[test]
fn a_variable_in_a_command_is_defined() {
    let text = "[Service]\nEnvironment=\"K8S_CERT=/etc/kubernetes/a b\" OTHER=1\nExecStart=/usr/bin/cp ${K8S_CERT_KEY} $OTHER \"x ${K8S_CERT}\"\n";
    open("unit-variables", &["${K8S_CERT_KEY}", "a.service on node n1"], |m| m.unit(unit("a.service", text)));
    closed(|m| m.unit(unit("a.service", &text.replace("OTHER=1", "OTHER=1 K8S_CERT_KEY=2"))));
    closed(|m| m.unit(unit("a.service", &text.replace("${K8S_CERT_KEY}", "$${K8S_CERT_KEY}"))));
    closed(|m| m.unit(unit("a.service", &text.replace("${K8S_CERT_KEY}", "$MAINPID"))));
    closed(|m| m.unit(unit("a.service", &text.replace("OTHER=1", "OTHER=1\nEnvironmentFile=-/etc/a.env"))));
    // A drop-in may define it.
    closed(|m| {
        m.unit(unit("a.service", text));
        m.unit(drop_in("a.service", "[Service]\nEnvironment=K8S_CERT_KEY=1\n"));
    });
    // So may a file that the machine writes, or not.
    let read = text.replace("OTHER=1", "OTHER=1\nEnvironmentFile=/etc/a.env");
    closed(|m| {
        m.unit(unit("a.service", &read));
        m.file(file("/etc/a.env", "# a comment\nK8S_CERT_KEY=1\n"));
    });
    open("unit-variables", &["${K8S_CERT_KEY}"], |m| {
        m.unit(unit("a.service", &read));
        m.file(file("/etc/a.env", "K8S_CERT=1\n"));
    });
    // Of a unit of the operating system nothing is known.
    closed(|m| m.unit(drop_in("a.service", "[Service]\nExecStartPre=/usr/bin/echo ${UNKNOWN}\n")));
}

#[test]
fn two_do_not_listen_on_one_port() {
    let with = |a: [u8; 4], b: [u8; 4]| {
        move |m: &mut Builder| {
            m.listen(listener("one", a, 10255, None));
            m.listen(listener("two", b, 10255, None));
        }
    };
    closed(with([127, 0, 0, 1], [192, 0, 2, 1]));
    open(
        "listeners",
        &["port 10255", "one (cluster.test.one)", "two (cluster.test.two)"],
        with([0, 0, 0, 0], [127, 0, 0, 1]),
    );
    open("listeners", &["port 10255"], with([127, 0, 0, 1], [127, 0, 0, 1]));
    let ports = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  hostNetwork: true\n  containers:\n  - {name: w, image: w, ports: [{containerPort: 22}, {containerPort: 53, protocol: UDP}]}\n";
    let with = |pod: String, port: u16| {
        move |m: &mut Builder| {
            m.file(users(file("/m.yaml", &pod)));
            m.listen(listener("sshd", [0, 0, 0, 0], port, None));
        }
    };
    open("listeners", &["port 22", "sshd", "pod web (cluster.test.extra)"], with(ports.to_owned(), 22));
    closed(with(ports.to_owned(), 53));
    closed(with(ports.replace("hostNetwork: true", "hostNetwork: false"), 22));
    // A pod in place of a component's own.
    closed(with(ports.replace("name: web", "name: sshd"), 22));
}

#[test]
fn units_do_not_wait_for_one_another() {
    closed(|m| {
        m.unit(unit("a.service", "[Unit]\nAfter=network-online.target b.service\n[Service]\nExecStart=/bin/true\n"));
        m.unit(unit("b.service", "[Unit]\nBefore=a.service docker.service\n[Service]\nExecStart=/bin/true\n"));
    });
    open("unit-order", &["a.service before b.service before a.service"], |m| {
        m.unit(unit("a.service", "[Unit]\nBefore=b.service\n"));
        m.unit(drop_in("b.service", "[Unit]\nBefore=a.service\n"));
    });
    // Over the operating system's own.
    open(
        "unit-order",
        &["a.service before etcd-member.service before flanneld.service", "docker.service before a.service"],
        |m| {
            m.unit(unit("a.service", "[Unit]\nAfter=docker.service\nBefore=etcd-member.service\n"));
            m.unit(drop_in("flanneld.service", "[Service]\nRestartSec=1\n"));
        },
    );
    open("unit-order", &["sysinit.target"], |m| m.unit(unit("a.service", "[Unit]\nBefore=sysinit.target\n")));
    closed(|m| m.unit(unit("a.service", "[Unit]\nDefaultDependencies=no\nBefore=sysinit.target\n")));
}

#[test]
fn pods_have_names_of_their_own() {
    let manifest = pod("a", "[/bin/a]", "/var/log");
    closed(|m| {
        m.file(file("/1.yaml", &manifest));
        m.file(file("/2.yaml", &manifest.replace("namespace: kube-system", "namespace: other")));
    });
    open("pod-names", &["kube-system/a"], |m| {
        m.file(file("/1.yaml", &manifest));
        m.file(users(file("/2.yaml", &manifest)));
    });
    open("pod-names", &["no image"], |m| {
        m.file(file("/1.yaml", &manifest.replace("image: example.com/a:1", "tty: true")))
    });
}

#[test]
fn what_is_needed_is_not_masked() {
    let mask = |name: &str| Unit { text: None, mask: true, origin: origin("extra"), ..unit(name, "") };
    closed(|m| m.unit(mask("update-engine.service")));
    closed(|m| m.unit(mask("docker.service")));
    open("masked", &["docker.service", "kubelet"], |m| {
        m.unit(unit("kubelet.service", "[Service]\nExecStart=/bin/true\n"));
        m.unit(mask("docker.service"));
    });
    let report = found(|m| {
        m.unit(unit("kubelet.service", "[Service]\nExecStart=/bin/true\n"));
        m.replace_unit(mask("kubelet.service"));
    });
    told(&report, "masked", &["kubelet.service", "component (cluster.test.component) needs it"]);
    assert_eq!(report.diagnostics()[0].path.as_str(), "cluster.test.extra");
    open("masked", &["flanneld.service"], |m| {
        let options = vec![("etcd_endpoints", "http://192.0.2.1:2379".to_owned().into())];
        m.flannel(FlannelDaemon { options, origin: origin("flannel") });
        m.unit(mask("flanneld.service"));
    });
}

#[test]
fn what_stays_on_the_node_is_served_there() {
    let dial = |host: &str, tls: bool| Dial {
        host: host.to_owned(),
        port: 8080,
        tls: tls.then_some(true),
        origin: origin("client"),
    };
    let with = |host: &'static str, tls, server: Option<Listener>| {
        move |m: &mut Builder| {
            m.dial(dial(host, tls));
            server.into_iter().for_each(|server| m.listen(server));
        }
    };
    let plain = |address| Some(listener("server", address, 8080, None));
    closed(with("localhost", false, plain([0, 0, 0, 0])));
    closed(with("127.0.0.1", false, plain([127, 0, 0, 1])));
    open("dials", &["http://127.0.0.1:8080", "client", "nothing listens"], with("127.0.0.1", false, None));
    open("dials", &["listens on 192.0.2.1 alone"], with("127.0.0.1", false, plain([192, 0, 2, 1])));
    open("dials", &["speaks no TLS"], with("127.0.0.1", true, plain([0, 0, 0, 0])));
    let secure = |names: &[&str]| Some(listener("server", [0, 0, 0, 0], 8080, Some(names)));
    closed(with("127.0.0.1", true, secure(&["a", "127.0.0.1"])));
    open("dials", &["the certificate of server is for a only"], with("127.0.0.1", true, secure(&["a"])));
    open("dials", &["speaks TLS"], with("127.0.0.1", false, secure(&["127.0.0.1"])));
}

fn reached(machines: &[Machine]) -> Report {
    let mut reach = Reach::default();
    let mut cache = Cache::default();
    machines.iter().for_each(|machine| reach.merge(Reach::of(machine, &mut cache)));
    reach.finish()
}

#[test]
fn machines_reach_one_another() {
    let server = |add: Listener| {
        let mut builder = Builder::new("server");
        builder.reached_as("192.0.2.1");
        builder.reached_as("API.example.com");
        builder.listen(add);
        builder.finish().unwrap()
    };
    let client = |url: &str| {
        let text = format!("apiVersion: v1\nkind: Config\nclusters:\n- cluster: {{server: '{url}'}}\n");
        machine(|m| m.file(file("/etc/kubernetes/kubeconfig", &text)))
    };
    let secure = || listener("api", [0, 0, 0, 0], 6443, Some(&["api.example.com"]));
    let all = |url: &str, listener: Listener| reached(&[client(url), server(listener)]);
    assert!(all("https://api.example.com:6443", secure()).is_empty());
    assert!(all("https://elsewhere.example.com:6443", secure()).is_empty());
    told(
        &all("https://192.0.2.1:6443", secure()),
        "dials",
        &["https://192.0.2.1:6443 on node server", "node n1", "the certificate of api is for api.example.com only"],
    );
    told(&all("https://api.example.com", secure()), "dials", &["nothing listens on port 443"]);
    let local = listener("api", [127, 0, 0, 1], 6443, Some(&["api.example.com"]));
    told(&all("https://api.example.com:6443", local), "dials", &["listens on 127.0.0.1 alone"]);
}

#[test]
fn an_override_replaces_something_somewhere() {
    let with = |there: &[&str]| {
        let mut builder = Builder::new("n");
        there.iter().for_each(|path| builder.file(file(path, "")));
        builder.replace_file(users(file("/etc/a", "")));
        builder.finish().unwrap()
    };
    assert!(reached(&[with(&[]), with(&["/etc/a"])]).is_empty());
    let report = reached(&[with(&[]), with(&["/etc/b"])]);
    told(&report, "override", &["replaces"]);
    assert!(!report.has_errors());
}
