//! Archives become listings and extracted files in other people's readers.

mod common;

use proptest::prelude::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use tinderbox::cpio::{CpioError, File, archive, compressed};

/// Reads an archive as the kernel does (init/initramfs.c): headers of 110 bytes, paths and contents padded to four.
/// Prints inode, mode, links, date, path and content in hexadecimal.
const READER: &str = r#"
import gzip, sys
data = gzip.decompress(sys.stdin.buffer.read())
at = 0
while True:
    header = data[at:at + 110]
    assert header[:6] == b"070701", header
    field = [int(header[6 + 8 * n:14 + 8 * n], 16) for n in range(13)]
    ino, mode, uid, gid, nlink, mtime, size, _, _, _, _, namesize, check = field
    assert (uid, gid, mtime, check) == (0, 0, 0, 0), field
    name = data[at + 110:at + 110 + namesize]
    assert name[-1:] == b"\0" and b"\0" not in name[:-1], name
    at = (at + 110 + namesize + 3) & ~3
    content = data[at:at + size]
    assert len(content) == size
    assert set(data[at + size:(at + size + 3) & ~3]) <= {0}
    at = (at + size + 3) & ~3
    if name == b"TRAILER!!!\0":
        assert size == 0 and at == len(data)
        break
    print(ino, oct(mode), nlink, name[:-1].hex(), content.hex(), sep=",")
"#;

fn fed(command: &mut Command, input: &[u8]) -> (bool, String) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || drop(std::io::Write::write_all(&mut stdin, input)));
        child.wait_with_output().unwrap()
    });
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn python_reads_back_what_was_written(
        files in prop::collection::btree_map("[a-c](/[a-zA-Z0-9._é-]{1,12}x){1,3}", (0u32..0o10000, prop::collection::vec(any::<u8>(), 0..300)), 1..6)
    ) {
        let Some(python) = common::referee("python3") else { return Ok(()) };
        let is_above = |path: &str| files.keys().any(|other| other.starts_with(&format!("{path}/")));
        let files: Vec<_> = files.iter().filter(|(path, _)| !is_above(path)).collect();
        let entries: Vec<_> =
            files.iter().map(|(path, (mode, content))| File { path: path.as_str(), mode: *mode, content }).collect();
        let (success, text) = fed(Command::new(python).args(["-c", READER]), &compressed(&entries).unwrap());
        prop_assert!(success, "{text}");
        let (directories, regular): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.split(',').nth(2) == Some("2"));
        let there: Vec<_> = regular.iter().map(|line| line.split(',').skip(1).collect::<Vec<_>>().join(",")).collect();
        let wanted: Vec<_> = entries
            .iter()
            .map(|file| format!("0o{:o},1,{},{}", 0o100000 | file.mode, hex(file.path.as_bytes()), hex(file.content)))
            .collect();
        prop_assert_eq!(there, wanted);
        // Each directory once, and before what is in it; each inode once.
        let inodes: Vec<_> = text.lines().map(|line| line.split(',').next().unwrap().parse::<usize>().unwrap()).collect();
        prop_assert_eq!(&inodes, &(1..=inodes.len()).collect::<Vec<_>>());
        for line in directories {
            let path = line.split(',').nth(3).unwrap();
            prop_assert!(line.contains("0o40755"), "{line}");
            let first = text.lines().position(|other| other.split(',').nth(3).unwrap().starts_with(path)).unwrap();
            prop_assert_eq!(text.lines().nth(first).unwrap(), line);
            prop_assert_eq!(text.lines().filter(|other| other.split(',').nth(3) == Some(path)).count(), 1);
        }
    }
}

#[test]
fn cpio_extracts_the_files_with_their_modes() {
    let Some(cpio) = common::referee("cpio") else { return };
    let directory = tempfile::tempdir().unwrap();
    let files = [
        File { path: "usr/share/oem/config.ign", mode: 0o600, content: b"{}" },
        File { path: "usr/share/oem/bin/a", mode: 0o755, content: &[7; 5000] },
    ];
    let archive = archive(&files).unwrap();
    let (success, text) =
        fed(Command::new(&cpio).args(["--list", "--quiet", "--verbose", "--numeric-uid-gid"]), &archive);
    assert!(success, "{text}");
    for line in text.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        assert_eq!((words[2], words[3]), ("0", "0"), "{line}");
        assert!(line.contains("Jan  1  1970"), "{line}");
    }
    let (success, text) =
        fed(Command::new(&cpio).args(["--extract", "--quiet", "--make-directories"]).current_dir(&directory), &archive);
    assert!(success && text.is_empty(), "{text}");
    for file in files {
        let path = directory.path().join(file.path);
        assert_eq!(fs::read(&path).unwrap(), file.content);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, file.mode);
    }
}

#[test]
fn file_calls_it_gzip_without_a_name_and_a_date() {
    let Some(file) = common::referee("file") else { return };
    let bytes = compressed(&[File { path: "a", mode: 0o600, content: b"x" }]).unwrap();
    let (success, text) = fed(Command::new(file).args(["--brief", "-"]), &bytes);
    assert!(success && text.starts_with("gzip compressed data") && !text.contains("last modified"), "{text}");
    assert!(!text.contains("was \""), "{text}");
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let files = [File { path: "a/b", mode: 0o600, content: &[1; 100_000] }];
    assert!(compressed(&files).unwrap() == compressed(&files).unwrap());
}

#[test]
fn a_path_that_leads_elsewhere_or_is_there_twice_is_an_error() {
    let file = |path| File { path, mode: 0o644, content: b"" };
    for path in ["", "/a", "a/", "a//b", "..", "a/../b", "./a", "a\0b", "a\nb", "TRAILER!!!"] {
        assert!(matches!(archive(&[file(path)]), Err(CpioError::Path { .. })), "{path:?}");
    }
    for [one, other] in [["a", "a"], ["a", "a/b"], ["a/b", "a"]] {
        assert!(matches!(archive(&[file(one), file(other)]), Err(CpioError::Path { .. })), "{one} {other}");
    }
    assert!(archive(&[file("a"), file("b/a")]).is_ok());
}
