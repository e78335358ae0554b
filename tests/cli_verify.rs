//! Trees that `build` made, whole and tampered with -> what `verify` says of them, and its exit code.

mod common;

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Runs the program with the referees first on PATH, or with this PATH alone.
fn tinderbox(arguments: &[&str], path: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tinderbox"));
    let all = std::env::var_os("PATH").unwrap_or_default();
    let referees = std::env::var_os("TINDERBOX_REFEREES").map(PathBuf::from);
    let referees = referees.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/referees"));
    let all = std::env::join_paths([referees.join("bin")].into_iter().chain(std::env::split_paths(&all))).unwrap();
    let path = path.map_or(all, |path| path.as_os_str().to_owned());
    command.args(arguments).env("PATH", path).output().unwrap()
}

/// The media of a case, made with real keys.
fn built(case: &str) -> (TempDir, PathBuf) {
    built_with(case, |_| {})
}

/// The same of a case that was changed.
fn built_with(case: &str, change: impl FnOnce(&mut serde_json::Value)) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let [cluster, keys, out] = ["cluster.json", "keys", "out"].map(|name| dir.path().join(name));
    let text = fs::read(format!("{}/tests/cases/{case}.json", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut description = serde_json::from_slice(&text).unwrap();
    change(&mut description);
    fs::write(&cluster, description.to_string()).unwrap();
    let cluster = cluster.to_str().unwrap();
    for arguments in [
        ["keys", cluster, "-o", keys.to_str().unwrap()].as_slice(),
        ["build", cluster, "-o", out.to_str().unwrap(), "--secrets", keys.to_str().unwrap()].as_slice(),
    ] {
        let output = tinderbox(arguments, None);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    (dir, out)
}

/// Exit code, and everything that was printed, no key among it.
fn verified(out: &Path) -> (i32, String) {
    let output = tinderbox(&["verify", out.to_str().unwrap()], None);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(!said.contains("PRIVATE KEY") && !said.contains("panicked"), "{said}");
    (output.status.code().unwrap(), said)
}

/// Whether a line says this word of this place, by this tool.
fn says(said: &str, word: &str, tool: &str, place: &str) -> bool {
    said.lines().any(|line| {
        let rest = line.strip_prefix(word).map(str::trim_start);
        rest.and_then(|rest| rest.strip_prefix(tool)).is_some_and(|rest| rest.trim() == place)
    })
}

/// Changes the first `from` in a file to `to`.
fn replace(file: &Path, from: &str, to: &str) {
    let mut content = fs::read(file).unwrap();
    let at = content.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
    content.splice(at..at + from.len(), to.bytes());
    fs::write(file, content).unwrap();
}

#[test]
fn media_of_every_kind_pass() {
    for case in ["article", "media", "flatcar-single", "fcos-single"] {
        let (_dir, out) = built(case);
        let before = common::tree(&out);
        let (code, said) = verified(&out);
        assert_eq!(before, common::tree(&out), "nothing is written there");
        assert_eq!(code, 0, "{case}: {said}");
        assert!(says(&said, "ok", "tinderbox", "SHA256SUMS"), "{said}");
        if common::referee("systemd-analyze").is_some() {
            let node =
                fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_dir()).unwrap();
            let place = format!("{}/config.json", node.file_name().unwrap().to_str().unwrap());
            assert!(says(&said, "ok", "systemd-analyze", &place), "{said}");
        }
        assert!(!said.contains("ok, but"), "{said}");
    }
}

#[test]
fn ignition_applies_a_config_of_its_spec_and_refuses_one_that_cannot_be_applied() {
    // Debian's knows 3.3.0. Without root it is not run.
    if common::referee("ignition-apply").is_none() || fs::metadata("/proc/self").unwrap().uid() != 0 {
        return;
    }
    let (_dir, out) = built_with("flatcar-single", |it| it["cluster"]["platform"]["ignition"] = "3.3.0".into());
    let (code, said) = verified(&out);
    assert_eq!(code, 0, "{said}");
    assert!(says(&said, "ok", "ignition-apply", "node-1/config.json"), "{said}");
    assert!(!said.contains("\nnot looked"), "{said}");
    // A file below a file.
    replace(&out.join("node-1/config.json"), "\"/etc/hostname\"", "\"/opt/tinderbox/apply-addons/x\"");
    let (code, said) = verified(&out);
    assert_eq!(code, 1, "{said}");
    assert!(says(&said, "failed", "ignition-apply", "node-1/config.json"), "{said}");
}

#[test]
fn a_flipped_byte_is_found_by_everyone_who_can_see_it() {
    let (_dir, out) = built("flatcar-single");
    replace(&out.join("node-1/config.json"), "kubelet.service", "kubelot.service");
    let (code, said) = verified(&out);
    assert_eq!(code, 1, "{said}");
    assert!(says(&said, "failed", "tinderbox", "node-1/config.json"), "{said}");
    for (tool, file) in [("butane", "config.bu"), ("xorriso", "config.iso")] {
        if common::referee(tool).is_some() {
            assert!(says(&said, "failed", tool, &format!("node-1/{file}")), "{said}");
        }
    }
}

#[test]
fn a_changed_image_or_ram_disk_is_found() {
    let (_dir, out) = built("media");
    replace(&out.join("rescue/config-drive.iso"), "\"2.3.0\"", "\"2.2.0\"");
    let archive = fs::read(out.join("rescue/install.cpio.gz")).unwrap();
    fs::write(out.join("rescue/oem.cpio.gz"), archive).unwrap();
    fs::write(out.join("rescue/install.cpio.gz"), "no archive").unwrap();
    let (code, said) = verified(&out);
    assert_eq!(code, 1, "{said}");
    for file in ["config-drive.iso", "oem.cpio.gz", "install.cpio.gz"] {
        assert!(says(&said, "failed", "tinderbox", &format!("rescue/{file}")), "{file}: {said}");
    }
    if common::referee("xorriso").is_some() {
        assert!(says(&said, "failed", "xorriso", "rescue/config-drive.iso"), "{said}");
        assert!(says(&said, "ok", "xorriso", "rescue/config.iso"), "{said}");
    }
}

#[test]
fn a_broken_unit_is_found_and_named() {
    if common::referee("systemd-analyze").is_none() {
        return;
    }
    let (_dir, out) = built("article");
    replace(&out.join("app-kube1/config.json"), "ExecStart=/usr/lib", "ExecStart=usr//lib");
    let (code, said) = verified(&out);
    assert_eq!(code, 1, "{said}");
    assert!(says(&said, "failed", "systemd-analyze", "app-kube1/config.json"), "{said}");
    assert!(said.contains("etcd-member.service.d/20-clct-etcd-member.conf:"), "{said}");
}

#[test]
fn a_certificate_of_another_authority_is_found() {
    if common::referee("openssl").is_none() {
        return;
    }
    let [(_dir, out), (_other_dir, other)] = [built("fcos-single"), built("fcos-single")];
    let file = "node-1/files/etc/ssl/etcd/server.crt";
    fs::copy(other.join(file), out.join(file)).unwrap();
    let (code, said) = verified(&out);
    assert_eq!(code, 1, "{said}");
    assert!(says(&said, "failed", "openssl", file) && says(&said, "failed", "tinderbox", file), "{said}");
    assert!(says(&said, "ok", "openssl", "node-1/files/etc/ssl/etcd/peer.crt"), "{said}");
}

#[test]
fn a_tool_that_is_not_there_is_a_failure_only_if_asked_for() {
    let (_dir, out) = built("article");
    let nothing = tempfile::tempdir().unwrap();
    for (more, code) in [(&[][..], 0), (&["--strict"][..], 1)] {
        let output = tinderbox(&[&["verify", out.to_str().unwrap()], more].concat(), Some(nothing.path()));
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(says(&said, "not there", "xorriso", "app-kube1/config.iso"), "{said}");
        assert!(said.contains("warning: 3 tools not on PATH"), "{said}");
    }
}

#[test]
fn odd_trees_are_refused_and_lead_nowhere() {
    let (dir, out) = built("article");
    let secret = dir.path().join("secret");
    fs::write(&secret, "-----BEGIN SOMETHING-----").unwrap();
    let node = out.join("app-kube1");
    fs::remove_file(node.join("config.iso")).unwrap();
    symlink(&secret, node.join("config.iso")).unwrap();
    symlink("/", node.join("files/root")).unwrap();
    fs::write(node.join("oem.cpio.gz"), [0x1f, 0x8b, 8, 0, 0]).unwrap();
    fs::write(node.join("install.json"), "[".repeat(100_000)).unwrap();
    fs::write(node.join("stub.json"), [0xff; 9]).unwrap();
    fs::write(out.join("SHA256SUMS"), format!("{}  ../secret\n\u{1b}  /etc/passwd\n  \n", "0".repeat(64))).unwrap();
    let (code, said) = verified(&out);
    assert_eq!(code, 1, "{said}");
    for place in ["../secret", "app-kube1/config.iso", "app-kube1/files/root", "app-kube1/install.json"] {
        assert!(says(&said, "failed", "tinderbox", place), "{place}: {said}");
    }
    assert!(!said.contains("SOMETHING") && !said.contains('\u{1b}'), "{said}");

    // A unit whose name leads out of the tree.
    let unit =
        r#"{"ignition":{"version":"2.3.0"},"systemd":{"units":[{"name":"../../x.service","contents":"[Service]\n"}]}}"#;
    fs::write(node.join("config.json"), unit).unwrap();
    let (code, said) = verified(&out);
    assert_eq!(code, 1, "{said}");
    if common::referee("systemd-analyze").is_some() {
        assert!(says(&said, "failed", "systemd-analyze", "app-kube1/config.json"), "{said}");
    }
}

#[test]
fn what_is_no_tree_is_wrong_usage() {
    let empty = tempfile::tempdir().unwrap();
    for dir in [empty.path().to_str().unwrap(), "/dev/null", "/nowhere"] {
        let output = tinderbox(&["verify", dir], None);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        assert!(String::from_utf8(output.stderr).unwrap().contains(dir));
    }
}
