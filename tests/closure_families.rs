//! Listeners and dials of either family -> which of them meet.

use std::net::IpAddr;
use tinderbox::closure::{Cache, Reach, check};
use tinderbox::machine::{Builder, Dial, Listener, Machine, Origin};
use tinderbox::report::{OptionPath, Report};

fn origin(writer: &'static str) -> Origin {
    Origin { writer, option: OptionPath::of("cluster.test").attr(writer) }
}

fn listener(who: &'static str, address: &str) -> Listener {
    Listener { who, address: address.parse::<IpAddr>().unwrap(), port: 8080, names: None, origin: origin(who) }
}

fn dial(host: &str) -> Dial {
    Dial { host: host.to_owned(), port: 8080, tls: None, origin: origin("client") }
}

fn machine(name: &str, add: impl FnOnce(&mut Builder)) -> Machine {
    let mut builder = Builder::new(name);
    add(&mut builder);
    builder.finish().unwrap()
}

fn rules(report: &Report) -> Vec<&'static str> {
    report.diagnostics().iter().map(|problem| problem.rule).collect()
}

#[test]
fn two_want_one_port_where_one_address_is_the_others_too() {
    let both = |a: &str, b: &str| {
        let machine =
            machine("n1", |m| [("a", a), ("b", b)].into_iter().for_each(|(who, at)| m.listen(listener(who, at))));
        rules(&check(&machine, &mut Cache::default()))
    };
    for (a, b) in [
        ("::", "0.0.0.0"),
        ("::", "::"),
        ("::", "127.0.0.1"),
        ("::", "fd00::5"),
        ("::1", "::"),
        ("fd00::5", "fd00::5"),
        ("0.0.0.0", "192.0.2.1"),
    ] {
        assert_eq!(both(a, b), ["listeners"], "{a} {b}");
        assert_eq!(both(b, a), ["listeners"], "{b} {a}");
    }
    for (a, b) in [("0.0.0.0", "::1"), ("0.0.0.0", "fd00::5"), ("fd00::5", "fd00::6"), ("::1", "127.0.0.1")] {
        assert!(both(a, b).is_empty() && both(b, a).is_empty(), "{a} {b}");
    }
}

#[test]
fn what_stays_on_the_node_is_served_in_its_family() {
    let meets = |host: &str, at: &str| {
        let machine = machine("n1", |m| {
            m.dial(dial(host));
            m.listen(listener("server", at));
        });
        let report = check(&machine, &mut Cache::default());
        assert!(report.is_empty() || rules(&report) == ["dials"], "{:?}", report.diagnostics());
        report.is_empty()
    };
    for (host, at) in [
        ("127.0.0.1", "::"),
        ("::1", "::"),
        ("::1", "::1"),
        ("localhost", "::"),
        ("localhost", "::1"),
        ("localhost", "127.0.0.1"),
        ("127.0.0.1", "0.0.0.0"),
    ] {
        assert!(meets(host, at), "{host} {at}");
    }
    for (host, at) in [("::1", "0.0.0.0"), ("::1", "127.0.0.1"), ("127.0.0.1", "::1"), ("127.0.0.1", "fd00::5")] {
        assert!(!meets(host, at), "{host} {at}");
    }
}

#[test]
fn machines_reach_one_another_in_both_families() {
    let refused = |url: &str, at: &str| {
        let server = machine("server", |m| {
            ["fd00::5", "192.0.2.1", "api.example.com"].into_iter().for_each(|name| m.reached_as(name));
            m.listen(listener("api", at));
        });
        let client = machine("client", |m| {
            let text = format!("apiVersion: v1\nkind: Config\nclusters:\n- cluster: {{server: '{url}'}}\n");
            m.file(tinderbox::machine::File {
                path: "/etc/kubernetes/kubeconfig".to_owned(),
                mode: 0o644,
                owner: 0,
                content: text.into_bytes(),
                secret: false,
                origin: origin("component"),
            });
        });
        let (mut reach, mut cache) = (Reach::default(), Cache::default());
        [client, server].iter().for_each(|machine| reach.merge(Reach::of(machine, &mut cache)));
        let report = reach.finish();
        report.diagnostics().iter().map(|problem| problem.message.clone()).collect::<Vec<_>>().join("\n")
    };
    for at in ["::", "fd00::5"] {
        assert_eq!(refused("http://[fd00::5]:8080", at), "");
        assert_eq!(refused("http://[FD00:0::5]:8080/healthz", at), "", "the same address, written otherwise");
    }
    assert_eq!(refused("http://192.0.2.1:8080", "::"), "");
    assert_eq!(refused("http://api.example.com:8080", "0.0.0.0"), "");
    let of_four = refused("http://[fd00::5]:8080", "0.0.0.0");
    assert!(of_four.contains("http://[fd00::5]:8080 on node server") && of_four.contains("0.0.0.0 alone"), "{of_four}");
    assert!(refused("http://192.0.2.1:8080", "fd00::5").contains("listens on fd00::5 alone"));
    assert!(refused("http://[fd00::5]", "::").contains("nothing listens on port 80 there"));
}
