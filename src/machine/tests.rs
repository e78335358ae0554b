//! What a machine in the making refuses, and what it puts together.

use super::*;

fn origin(option: &str) -> Origin {
    Origin { writer: "test", option: OptionPath::of(option) }
}

fn file(path: &str, option: &str) -> File {
    File { path: path.into(), mode: 0o644, owner: 0, content: vec![], secret: false, origin: origin(option) }
}

#[test]
fn two_writers_of_one_path_are_both_named() {
    let mut machine = Builder::new("a");
    machine.file(file("/etc/hostname", "cluster.a"));
    machine.file(file("/etc/hostname", "cluster.b"));
    let report = machine.finish().unwrap_err();
    let message = &report.diagnostics()[0].message;
    assert!(message.contains("cluster.a") && message.contains("cluster.b"), "{message}");
}

#[test]
fn a_file_below_a_file_is_refused() {
    let mut machine = Builder::new("a");
    for path in ["/etc/a", "/etc/a-b", "/etc/a.conf", "/etc/a/b", "/etc/ab", "/etc/ab/c"] {
        machine.file(file(path, "cluster.a"));
    }
    let report = machine.finish().unwrap_err();
    let messages: Vec<_> = report.diagnostics().iter().map(|d| &d.message).collect();
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(messages[0].contains("/etc/a/b lies below the file /etc/a:"));
    assert!(messages[1].contains("/etc/ab/c lies below the file /etc/ab:"));
}

#[test]
fn a_directory_below_a_link_is_refused() {
    let mut machine = Builder::new("a");
    machine.link(Link { path: "/etc/a".into(), target: "/etc/b".into(), origin: origin("cluster.a") });
    machine.directory(Directory { path: "/etc/a/c".into(), mode: 0o755, owner: 0, origin: origin("cluster.b") });
    let report = machine.finish().unwrap_err();
    let message = &report.diagnostics()[0].message;
    assert!(message.contains("/etc/a/c lies below the file /etc/a"), "{message}");
}

#[test]
fn an_override_replaces_in_place() {
    let mut machine = Builder::new("a");
    machine.file(file("/etc/a", "cluster.a"));
    machine.file(file("/etc/b", "cluster.b"));
    machine.replace_file(File { content: b"x".to_vec(), ..file("/etc/a", "cluster.c") });
    let machine = machine.finish().unwrap();
    assert_eq!(machine.files[0].content, b"x");
    assert_eq!(machine.files.len(), 2);
}

#[test]
fn a_unit_file_and_a_unit_of_one_name_collide() {
    let mut machine = Builder::new("a");
    machine.file(file("/etc/systemd/system/a.service", "cluster.a"));
    machine.unit(Unit {
        name: "a.service".into(),
        text: Some("[Service]\n".into()),
        enabled: None,
        mask: false,
        drop_ins: vec![],
        origin: origin("cluster.b"),
    });
    assert!(machine.finish().is_err());
}

#[test]
fn a_directory_may_be_wanted_twice_but_not_in_two_ways() {
    let directory = |mode, option| Directory { path: "/var/lib/a".into(), mode, owner: 0, origin: origin(option) };
    let mut machine = Builder::new("a");
    machine.directory(directory(0o700, "cluster.a"));
    machine.directory(directory(0o700, "cluster.b"));
    assert_eq!(machine.finish().unwrap().directories.len(), 1);

    let mut machine = Builder::new("a");
    machine.directory(directory(0o700, "cluster.a"));
    machine.directory(directory(0o755, "cluster.b"));
    machine.file(file("/var/lib/a", "cluster.c"));
    let report = machine.finish().unwrap_err();
    let messages: Vec<_> = report.diagnostics().iter().map(|d| &d.message).collect();
    assert!(messages[0].contains("made twice"), "{messages:?}");
    assert!(messages[1].contains("a file and a directory"), "{messages:?}");
}
