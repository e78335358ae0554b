//! Random choices become machines with all that spec 3 of Ignition can say, and with texts that trip writers up.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use tinderbox::machine::{
    Builder, Directory, Download, DropIn, File, KernelArgument, Link, Machine, Network, Origin, Unit, User,
};
use tinderbox::report::OptionPath;

const KEYS: [&str; 4] = ["ssh-ed25519 AAAA a@b", "ssh-ed25519 AAAA a@b", "restrict,x=\"<&>\" ssh-rsa BBBB é: #'", "no"];

fn origin() -> Origin {
    Origin { writer: "test", option: OptionPath::of("cluster") }
}

/// Any text that is no path by itself.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z0-9._-]{1,12}",
        1 => "[^/\\x00]{1,20}",
        1 => select(vec!["yes", "0644", "a: b", "- #", "%n", "\u{2028}<&>", "\u{8}\u{c}\u{7f}", "…é", " x ", "~", "\"'\\"])
            .prop_map(str::to_owned),
    ]
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    let words = vec("[ -~é]{0,30}\\n?", 0..60);
    prop_oneof![
        1 => Just(Vec::new()),
        2 => "[ -~é\\n]{0,120}".prop_map(String::into_bytes),
        2 => words.prop_map(|words| words.concat().into_bytes()),
        2 => vec(any::<u8>(), 0..300),
        // Long, of few and of many different bytes.
        1 => (vec(any::<u8>(), 1..50), 1..3000usize).prop_map(|(part, times)| part.repeat(times)),
        1 => vec(any::<u8>(), 2000..40_000),
        // Where the three encodings are about equally long.
        2 => (vec(select(b"aA0 \n/".to_vec()), 0..90), 0..30u8).prop_map(|(mut text, byte)| {
            text.extend(vec![byte; usize::from(byte)]);
            text
        }),
    ]
}

/// Usual and unusual modes.
fn mode() -> impl Strategy<Value = u32> {
    prop_oneof![20 => select(vec![0o644, 0o600, 0o755, 0o700, 0o711, 0]), 3 => 0..0o1000u32, 1 => 0..0o10000u32]
}

fn unit_text() -> impl Strategy<Value = String> {
    let lines = vec("[A-Z][a-z]{1,8}=[ -\\[\\]-~éß\u{2028}\t]{0,40}", 0..5);
    (lines, any::<bool>()).prop_map(|(lines, install)| {
        let install = if install { "\n[Install]\nWantedBy=multi-user.target\n" } else { "" };
        format!("[Service]\n{}\n{install}", lines.join("\n"))
    })
}

fn drop_ins() -> impl Strategy<Value = Vec<DropIn>> {
    vec(unit_text(), 0..3).prop_map(|texts| {
        let drop_in = |(n, text)| DropIn { name: format!("{n}0-é.conf"), text, origin: origin() };
        texts.into_iter().enumerate().map(drop_in).collect()
    })
}

/// What it has; the numbers make names differ.
#[derive(Debug)]
enum Part {
    File { path: String, mode: u32, owner: u32, content: Vec<u8>, secret: bool },
    Directory { path: String, mode: u32, owner: u32 },
    Link { path: String, target: String },
    Download { path: String, mode: u32, query: String, long: bool },
    Unit { name: String, text: Option<String>, enabled: Option<bool>, mask: bool, drop_ins: Vec<DropIn> },
    Network { name: String, text: String },
    KernelArgument { text: String },
}

fn part() -> impl Strategy<Value = Part> {
    let owner = || prop_oneof![2 => Just(0u32), 1 => 1..65_536u32];
    prop_oneof![
        6 => (text(), mode(), owner(), content(), any::<bool>())
            .prop_map(|(path, mode, owner, content, secret)| Part::File { path, mode, owner, content, secret }),
        1 => (text(), mode(), owner()).prop_map(|(path, mode, owner)| Part::Directory { path, mode, owner }),
        1 => (text(), text()).prop_map(|(path, target)| Part::Link { path, target }),
        1 => (text(), mode(), "[a-z0-9&=.%2F-]{0,20}", any::<bool>())
            .prop_map(|(path, mode, query, long)| Part::Download { path, mode, query, long }),
        3 => (select(vec!["service", "mount", "timer"]), of(unit_text()), of(any::<bool>()), any::<bool>(), drop_ins())
            .prop_map(|(name, text, enabled, mask, drop_ins)| {
                Part::Unit { name: name.to_owned(), text, enabled, mask, drop_ins }
            }),
        1 => ("[a-z]{1,5}", unit_text()).prop_map(|(name, text)| Part::Network { name, text }),
        1 => "[!-~é]{1,20}".prop_map(|text| Part::KernelArgument { text }),
    ]
}

fn add(machine: &mut Builder, n: usize, part: Part) {
    let at = |name: &str| format!("/opt/{n}/{n}{name}");
    match part {
        Part::File { path, mode, owner, content, secret } => {
            machine.file(File { path: at(&path), mode, owner, content, secret, origin: origin() });
        }
        Part::Directory { path, mode, owner } => {
            machine.directory(Directory { path: at(&path), mode, owner, origin: origin() });
        }
        Part::Link { path, target } => machine.link(Link { path: at(&path), target, origin: origin() }),
        Part::Download { path, mode, query, long } => {
            let (url, path) = (format!("https://example.com/a?{query}"), at(&path));
            let (algorithm, digits) = if long { ("sha512", 128) } else { ("sha256", 64) };
            let hash = format!("{algorithm}-{}", "a".repeat(digits));
            machine.download(Download { path, mode, url, hash, origin: origin() });
        }
        Part::Unit { name, text, enabled, mask, drop_ins } => {
            // Some units have two writers.
            let name = format!("{}.{name}", n % 5);
            let text = text.filter(|_| n >= 5);
            let name = if text.is_some() { format!("{n}-{name}") } else { name };
            let drop_ins = drop_ins.into_iter().map(|d| DropIn { name: format!("{n}{}", d.name), ..d }).collect();
            machine.unit(Unit { name, text, enabled, mask, drop_ins, origin: origin() });
        }
        Part::Network { name, text } => {
            machine.network(Network { name: format!("{n}-{name}.network"), text, origin: origin() });
        }
        Part::KernelArgument { text } => machine.kernel_argument(KernelArgument { text, origin: origin() }),
    }
}

/// A machine of any of that, or of nothing.
pub fn machine() -> impl Strategy<Value = Machine> {
    let user =
        (select(vec!["core", "_a-b", "null"]), subsequence(&KEYS[..], 0..=KEYS.len()), of("[$./a-zA-Z0-9]{1,90}"));
    (vec(part(), 0..16), of(user)).prop_map(|(parts, user)| {
        let mut machine = Builder::new("a");
        if let Some((name, keys, password_hash)) = user {
            let ssh_authorized_keys = keys.into_iter().map(str::to_owned).collect();
            machine.user(User { name: name.to_owned(), ssh_authorized_keys, password_hash });
        }
        parts.into_iter().enumerate().for_each(|(n, part)| add(&mut machine, n, part));
        machine.finish().unwrap()
    })
}
