//! Images become listings and extracted files in other people's ISO readers.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use tinderbox::iso::{self, IsoError};

/// The sizes around a block's edge, and those of a small and a large file.
const SIZES: [usize; 8] = [0, 1, 2047, 2048, 2049, 12_000, 102_400, 3 << 20];

/// Bytes without a period of 2048, so that a misplaced block shows.
fn content(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at % 251) as u8).collect()
}

fn config(size: usize) -> Vec<u8> {
    iso::image("config", "config.json", &content(size)).unwrap()
}

/// The image of `size` bytes as a file in `directory`.
fn written(directory: &TempDir, size: usize) -> PathBuf {
    let path = directory.path().join(format!("{size}.iso"));
    fs::write(&path, config(size)).unwrap();
    path
}

/// What `tool` prints on both streams for `options`, in which `IMAGE` and
/// `OUT` stand for those paths; it must succeed.
fn printed(tool: &Path, options: &str, image: &Path, out: &Path) -> String {
    let output = Command::new(tool)
        .args(options.split(' ').map(|option| match option {
            "IMAGE" => image.as_os_str(),
            "OUT" => out.as_os_str(),
            _ => option.as_ref(),
        }))
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{options}: {text}");
    text
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    for size in SIZES {
        assert!(config(size) == config(size), "{size} bytes");
    }
}

#[test]
#[ignore = "the child half of time_zone_umask_language_and_epoch_change_nothing"]
fn child_writes_an_image() {
    let out = std::env::var_os("ISO_OUT").unwrap();
    fs::write(out, config(12_000)).unwrap();
}

#[test]
fn time_zone_umask_language_and_epoch_change_nothing() {
    let directory = TempDir::new().unwrap();
    let here = config(12_000);
    let child = "umask \"$1\"; exec \"$0\" --exact child_writes_an_image --ignored";
    for (umask, zone, language, epoch) in [
        ("000", "UTC", "C", "0"),
        ("077", "Pacific/Kiritimati", "tr_TR.UTF-8", "1700000000"),
        ("027", "America/St_Johns", "de_DE.ISO-8859-1", "abc"),
    ] {
        let out = directory.path().join(umask);
        let output = Command::new("sh")
            .args(["-c", child])
            .arg(std::env::current_exe().unwrap())
            .arg(umask)
            .env("ISO_OUT", &out)
            .env("TZ", zone)
            .env("LANG", language)
            .env("LC_ALL", language)
            .env("SOURCE_DATE_EPOCH", epoch)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(fs::read(&out).unwrap() == here, "umask {umask}, TZ {zone}");
    }
}

#[test]
fn the_image_is_26_blocks_and_the_content_in_whole_blocks_and_says_so() {
    for size in SIZES {
        let image = config(size);
        let blocks = 26 + u32::try_from(size.div_ceil(2048)).unwrap();
        assert_eq!(image.len(), blocks as usize * 2048);
        for descriptor in [16, 17] {
            let field = &image[descriptor * 2048 + 80..][..8];
            assert_eq!(field[..4], blocks.to_le_bytes());
            assert_eq!(field[4..], blocks.to_be_bytes());
        }
    }
}

#[test]
fn xorriso_reads_the_volume_id_the_fixed_date_and_no_boot_record() {
    let Some(xorriso) = common::referee("xorriso") else {
        return;
    };
    let directory = TempDir::new().unwrap();
    let image = written(&directory, 12_000);
    let options = "-indev IMAGE -pvd_info -toc -report_el_torito plain";
    let text = printed(&xorriso, options, &image, Path::new(""));
    for line in [
        "Volume Id    : config\n",
        "Creation Time: 1980010100000000",
        "Modif. Time  : 1980010100000000",
        "App Id       : TINDERBOX",
        "ISO offers   : Rock_Ridge Joliet",
        "No El Torito information was loaded",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let is_toc = |line: &str| line.starts_with("ISO session  :   1 ,") && line.ends_with(", config");
    assert!(text.lines().any(is_toc), "{text}");
    assert!(!text.contains("WARNING"), "{text}");
}

#[test]
fn xorriso_extracts_the_one_file_with_the_same_bytes() {
    let Some(xorriso) = common::referee("xorriso") else {
        return;
    };
    let directory = TempDir::new().unwrap();
    for size in SIZES {
        let image = written(&directory, size);
        let out = directory.path().join(format!("out{size}"));
        let options = "-osirrox on -indev IMAGE -extract / OUT";
        printed(&xorriso, options, &image, &out);
        let entries = fs::read_dir(&out).unwrap();
        let names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["config.json"]);
        assert!(fs::read(out.join("config.json")).unwrap() == content(size));
        // The extracted directory is read-only, and so could not be emptied.
        printed(Path::new("chmod"), "-R u+w OUT", &image, &out);
    }
}

#[test]
fn isoinfo_lists_the_name_in_every_tree_and_the_modes_in_rock_ridge() {
    let Some(isoinfo) = common::referee("isoinfo") else {
        return;
    };
    let directory = TempDir::new().unwrap();
    let image = written(&directory, 12_000);
    let printed = |options: &str| printed(&isoinfo, options, &image, Path::new(""));

    let info = printed("-d -i IMAGE");
    for line in ["Volume id: config\n", "Joliet with UCS level 3 found", "Rock Ridge signatures version 1 found"] {
        assert!(info.contains(line), "{line} in {info}");
    }

    assert_eq!(printed("-f -J -i IMAGE"), "/config.json\n");
    assert_eq!(printed("-f -R -i IMAGE"), "/config.json\n");
    assert_eq!(printed("-f -i IMAGE"), "/CONFIG.JSON;1\n");

    let long = printed("-l -R -i IMAGE");
    let words = |start: char| -> Vec<&str> {
        let line = long.lines().find(|line| line.starts_with(start));
        line.unwrap().split_whitespace().collect()
    };
    assert_eq!(words('-')[..5], ["-r--r--r--", "1", "0", "0", "12000"]);
    assert_eq!(words('d')[..4], ["dr-xr-xr-x", "2", "0", "0"]);
}

#[test]
fn isoinfo_reads_the_content_through_joliet_and_rock_ridge() {
    let Some(isoinfo) = common::referee("isoinfo") else {
        return;
    };
    let directory = TempDir::new().unwrap();
    let image = written(&directory, 12_000);
    for tree in ["-J", "-R"] {
        let output = Command::new(&isoinfo).args([tree, "-x", "/config.json", "-i"]).arg(&image).output().unwrap();
        assert!(output.stdout == content(12_000), "tree {tree}");
    }
}

#[test]
fn file_calls_it_an_iso_9660_image_named_config() {
    let Some(file) = common::referee("file") else {
        return;
    };
    let directory = TempDir::new().unwrap();
    let image = written(&directory, 12_000);
    let text = printed(&file, "--brief IMAGE", &image, Path::new(""));
    assert!(text.starts_with("ISO 9660 CD-ROM"), "{text}");
    assert!(text.contains("'config'"), "{text}");
}

#[test]
fn a_volume_id_that_does_not_fit_both_descriptors_is_an_error() {
    let long = "v".repeat(33);
    for id in ["", "seventeen-letters", &long, "a b", "a/2", "\u{f6}", "\0"] {
        let error = iso::image(id, "config.json", b"{}").unwrap_err();
        assert!(matches!(error, IsoError::VolumeId { .. }), "{error}");
    }
    for id in ["c", "config-2", "CIDATA", "sixteen-letters_"] {
        assert!(iso::image(id, "config.json", b"{}").is_ok(), "{id:?}");
    }
}

#[test]
fn a_file_name_that_reads_differently_in_some_tree_is_an_error() {
    let long = "n".repeat(iso::NAME_MAX + 1);
    let dots = ["", ".", "..", ".config", "config.", "-config", &long];
    let marks = ["/", "a/b", "/a", "a b", "a;1", "a*", "a\\b", "a\0b", "\u{e4}"];
    for name in dots.into_iter().chain(marks) {
        let error = iso::image("config", name, b"{}").unwrap_err();
        assert!(matches!(error, IsoError::Name { .. }), "{error}");
    }
    for name in ["a", "user_data", "a.b.c", "meta-data", &long[1..]] {
        assert!(iso::image("config", name, b"{}").is_ok(), "{name:?}");
    }
}

const DRIVE: [(&str, &[u8]); 3] = [
    ("openstack/latest/user_data", b"{}"),
    ("openstack/latest/meta_data.json", b"{\"uuid\": \"a\"}"),
    ("openstack/2018-08-27/user_data", b""),
];

#[test]
fn a_tree_is_read_in_each_of_its_forms_with_its_modes_and_bytes() {
    let (Some(isoinfo), Some(xorriso)) = (common::referee("isoinfo"), common::referee("xorriso")) else { return };
    let directory = TempDir::new().unwrap();
    let image = directory.path().join("drive.iso");
    fs::write(&image, iso::tree("config-2", &DRIVE).unwrap()).unwrap();
    let listed = |options: &str| {
        let text = printed(&isoinfo, options, &image, Path::new(""));
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let mut names: Vec<_> = DRIVE.iter().map(|(path, _)| format!("/{path}")).collect();
    names.extend(["/openstack", "/openstack/latest", "/openstack/2018-08-27"].map(str::to_owned));
    names.sort();
    assert_eq!(listed("-f -J -i IMAGE"), names);
    assert_eq!(listed("-f -R -i IMAGE"), names);
    assert!(listed("-f -i IMAGE").contains(&"/OPENSTACK/LATEST/USER_DATA.;1".to_owned()));
    assert!(listed("-d -i IMAGE").contains(&"Volume id: config-2".to_owned()));
    for line in listed("-l -R -i IMAGE").iter().filter(|line| line.starts_with(['d', '-'])) {
        let mode = if line.starts_with('d') { "dr-xr-xr-x" } else { "-r--r--r--" };
        assert_eq!(line.split_whitespace().next(), Some(mode), "{line}");
    }
    for tree in ["-J", "-R"] {
        for (path, content) in DRIVE {
            let output =
                Command::new(&isoinfo).args([tree, "-x", &format!("/{path}"), "-i"]).arg(&image).output().unwrap();
            assert_eq!(output.stdout, content, "{path}, tree {tree}");
        }
    }
    let out = directory.path().join("out");
    let text = printed(&xorriso, "-osirrox on -indev IMAGE -extract / OUT", &image, &out);
    assert!(!text.contains("WARNING"), "{text}");
    for (path, content) in DRIVE {
        assert_eq!(fs::read(out.join(path)).unwrap(), content);
    }
    printed(Path::new("chmod"), "-R u+w OUT", &image, &out);
}

#[test]
fn a_tree_of_one_file_is_the_image_of_it() {
    assert!(iso::tree("config", &[("config.json", &content(5000))]).unwrap() == config(5000));
    assert!(iso::tree("config-2", &DRIVE).unwrap() == iso::tree("config-2", &DRIVE).unwrap());
}

#[test]
fn a_path_that_is_not_clean_or_is_there_twice_is_an_error() {
    for path in ["/a", "a/", "a//b", "a/../b", "a/.b", "./a"] {
        let error = iso::tree("config", &[(path, b"")]).unwrap_err();
        assert!(matches!(error, IsoError::Name { .. }), "{path}: {error}");
    }
    let twice: [&[(&str, &[u8])]; 3] =
        [&[("a", b""), ("a", b"")], &[("a", b""), ("a/b", b"")], &[("a/b", b""), ("a", b"")]];
    for files in twice {
        assert!(matches!(iso::tree("config", files), Err(IsoError::Layout(_))), "{files:?}");
    }
}
