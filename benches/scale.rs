//! Clusters of 1 to 10000 machines -> how long tinderbox takes for each, beside ct and xorriso run once a machine.
//!
//! `cargo bench --bench scale` prints Markdown. ct and xorriso are taken from `target/referees/bin`, where
//! `tests/tools/install` puts them, or from `PATH`; GNU time tells peak memory where it is installed. Nothing here fails
//! for being slow. `cargo bench --bench scale -- 3 1000` makes 3 rounds of at most 1000 machines.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, thread};
use tinderbox::{cluster, component, encode, iso};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Numbers of machines.
const SIZES: [usize; 5] = [1, 10, 100, 1000, 10000];
/// The most machines that ct and xorriso are run for in one round.
const SAMPLE: usize = 100;
/// The most machines that openssl makes keys for in one round.
const SAMPLE_OPENSSL: usize = 10;
/// How many of ct and xorriso run at once in the second measurement of them: enough to keep every core busy, as xorriso
/// sleeps most of its time.
const MANY: usize = 32;
/// The file that tells the kernel's count of the processor time of a process and of its children (proc(5)).
const STAT: &str = "/proc/self/stat";

fn main() -> Outcome<()> {
    // cargo adds `--bench`.
    let numbers: Vec<usize> = env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let rounds = numbers.first().copied().unwrap_or(5).max(1);
    let most = numbers.get(1).copied().unwrap_or(usize::MAX);
    let tools = Tools::find();
    // Beside the program, so that all of it is on one file system. Removed at the very end: on some file systems,
    // making files is slow for a while after others were deleted.
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut results: BTreeMap<(usize, What), Vec<Run>> = BTreeMap::new();
    for &nodes in SIZES.iter().filter(|&&nodes| nodes <= most) {
        let source = dir.path().join(format!("{nodes}.json"));
        fs::write(&source, serde_json::to_vec(&description(nodes)?)?)?;
    }

    let before = load();
    for round in 0..rounds {
        for &nodes in SIZES.iter().filter(|&&nodes| nodes <= most) {
            let bench = Bench { dir: dir.path(), tools: &tools, nodes, round };
            for what in What::ALL {
                if let Some(run) = bench.run(what)? {
                    eprintln!("round {round}: {nodes:5} nodes, {:40} {:9.2} ms", what.name(), run.wall);
                    results.entry((nodes, what)).or_default().push(run);
                }
            }
        }
    }
    println!("{} processors, load {before} before and {} after, {rounds} rounds.\n", processors(), load());
    print(&results);
    phases(&mut fs::read(dir.path().join("1.json"))?, most.min(1000), rounds)
}

/// The cluster of examples/ha, grown or shrunk: up to three control-plane nodes with etcd, the others are workers.
fn description(nodes: usize) -> Outcome<Value> {
    // Room for a /24 of pods on each of 10000 machines, and for their own addresses.
    const PODS: &str = "100.64.0.0/10";
    let mut document: Value = serde_json::from_str(include_str!("../tests/cases/ha.json"))?;
    let cluster = document.get_mut("cluster").ok_or("no cluster")?;
    for pointer in ["/network/podCIDR", "/flannel/network", "/kubernetes/proxy/clusterCIDR"] {
        *cluster.pointer_mut(pointer).ok_or(pointer)? = json!(PODS);
    }
    let given = cluster.pointer_mut("/nodes").and_then(Value::as_object_mut).ok_or("no nodes")?;
    let [control_plane, worker] = ["cp-1", "worker-1"].map(|name| given.get(name).cloned());
    given.clear();
    let (control_plane, worker) = (control_plane.ok_or("no control plane")?, worker.ok_or("no worker")?);
    for number in 0..nodes {
        // An even number of members would be warned of.
        let is_worker = number > 2 || (nodes < 3 && number > 0);
        let mut node = if is_worker { worker.clone() } else { control_plane.clone() };
        let name = format!("{}-{number:05}", if is_worker { "worker" } else { "cp" });
        let address = 16 * 256 + number;
        let fields = [
            ("/hostname", json!(name)),
            ("/etcd/name", json!(name)),
            ("/network/gateway", json!("192.168.1.1")),
            ("/network/address", json!(format!("192.168.{}.{}/16", address / 256, address % 256))),
        ];
        for (pointer, value) in fields {
            *node.pointer_mut(pointer).ok_or(pointer)? = value;
        }
        given.insert(name, node);
    }
    Ok(document)
}

/// What is measured.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum What {
    Keys,
    KeysOpenssl,
    Json,
    Ct,
    Everything,
    CtXorriso,
    CtXorrisoMany,
}

impl What {
    const ALL: [Self; 7] =
        [Self::Keys, Self::KeysOpenssl, Self::Json, Self::Ct, Self::Everything, Self::CtXorriso, Self::CtXorrisoMany];

    fn name(self) -> String {
        match self {
            Self::Keys => "`tinderbox keys`".to_owned(),
            Self::KeysOpenssl => "`tinderbox keys --maker toolchain`: openssl".to_owned(),
            Self::Json => "`tinderbox build --emit json`".to_owned(),
            Self::Ct => format!("ct, {} at once", processors()),
            Self::Everything => "`tinderbox build`".to_owned(),
            Self::CtXorriso => format!("ct and xorriso, {} at once", processors()),
            Self::CtXorrisoMany => format!("ct and xorriso, {MANY} at once"),
        }
    }

    /// What does the same work with the field's own tools.
    fn rivals(self) -> &'static [Self] {
        match self {
            Self::Keys => &[Self::KeysOpenssl],
            Self::Json => &[Self::Ct],
            Self::Everything => &[Self::CtXorriso, Self::CtXorrisoMany],
            _ => &[],
        }
    }
}

/// One measurement.
struct Run {
    /// Machines that were made.
    nodes: usize,
    /// Milliseconds.
    wall: f64,
    /// Milliseconds of all processors together.
    cpu: f64,
    /// KiB, of the largest process.
    memory: Option<u64>,
}

struct Bench<'a> {
    dir: &'a Path,
    tools: &'a Tools,
    nodes: usize,
    round: usize,
}

impl Bench<'_> {
    fn run(&self, what: What) -> Outcome<Option<Run>> {
        match what {
            What::Keys => self.keys("embedded").map(Some),
            // A dozen processes a machine.
            What::KeysOpenssl if self.nodes > SAMPLE_OPENSSL => Ok(None),
            What::KeysOpenssl => self.keys("toolchain").map(Some),
            What::Json => self.tinderbox("json").map(Some),
            What::Everything => self.tinderbox("yaml,json,iso").map(Some),
            What::Ct => self.rival(what, processors(), false),
            What::CtXorriso => self.rival(what, processors(), true),
            What::CtXorrisoMany => self.rival(what, MANY, true),
        }
    }

    fn tree(&self, emit: &str) -> PathBuf {
        self.dir.join(format!("{}-{}-{emit}", self.round, self.nodes))
    }

    /// The keys that the media are made with, which the first round of [`What::Keys`] has made.
    fn secrets(&self) -> PathBuf {
        self.dir.join(format!("0-{}-keys-embedded", self.nodes))
    }

    fn keys(&self, maker: &str) -> Outcome<Run> {
        let source = self.dir.join(format!("{}.json", self.nodes));
        let mut command = Command::new(env!("CARGO_BIN_EXE_tinderbox"));
        command.arg("keys").arg(&source).args(["--maker", maker, "-o"]).arg(self.tree(&format!("keys-{maker}")));
        let (begun, cpu) = (Instant::now(), children());
        done(&mut command)?;
        Ok(Run { nodes: self.nodes, wall: milliseconds(begun), cpu: children() - cpu, memory: None })
    }

    fn tinderbox(&self, emit: &str) -> Outcome<Run> {
        let program = env!("CARGO_BIN_EXE_tinderbox");
        let source = self.dir.join(format!("{}.json", self.nodes));
        let build = |mut command: Command, tree: &Path| -> Outcome<()> {
            command.arg("build").arg(&source).arg("--secrets").arg(self.secrets());
            command.args(["--emit", emit, "-o"]).arg(tree);
            done(&mut command)
        };
        let tree = self.tree(emit);
        let (begun, cpu) = (Instant::now(), children());
        build(Command::new(program), &tree)?;
        let (wall, cpu) = (milliseconds(begun), children() - cpu);
        // Memory in a run of its own, as GNU time takes some time itself; once, as it hardly changes.
        let mut memory = None;
        if let (Some(time), 0) = (&self.tools.time, self.round) {
            let said = self.dir.join("time");
            let mut command = Command::new(time);
            command.args(["-f", "%M", "-o"]).arg(&said).arg(program);
            build(command, &tree.with_extension("time"))?;
            memory = Some(fs::read_to_string(&said)?.trim().parse()?);
        }
        Ok(Run { nodes: self.nodes, wall, cpu, memory })
    }

    /// One process of ct, and one of xorriso if `images`, for each machine, of the configs that tinderbox makes.
    fn rival(&self, what: What, at_once: usize, images: bool) -> Outcome<Option<Run>> {
        let (Some(ct), Some(xorriso)) = (&self.tools.ct, &self.tools.xorriso) else { return Ok(None) };
        if self.nodes > SAMPLE {
            return Ok(None);
        }
        // Made once; not measured.
        let tree = self.dir.join(format!("{}-configs", self.nodes));
        if !tree.exists() {
            let source = self.dir.join(format!("{}.json", self.nodes));
            let mut command = Command::new(env!("CARGO_BIN_EXE_tinderbox"));
            command.arg("build").arg(source).arg("--secrets").arg(self.secrets());
            done(command.args(["--emit", "yaml", "-o"]).arg(&tree))?;
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(&tree)? {
            names.extend(entry.ok().filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name()));
        }
        let out = self.dir.join(format!("{}-{}-rival-{}", self.round, self.nodes, what as usize));
        fs::create_dir(&out)?;
        let one = |name: &Path| -> Outcome<()> {
            let (from, to) = (tree.join(name), out.join(name));
            fs::create_dir(&to)?;
            let mut command = Command::new(ct);
            command.arg("-strict").arg("-files-dir").arg(from.join("files"));
            command.stdin(File::open(from.join("config.yaml"))?).stdout(File::create(to.join("config.json"))?);
            done(&mut command)?;
            if images {
                let mut command = Command::new(xorriso);
                command.current_dir(&to).args(["-as", "mkisofs", "-quiet", "-V", "config", "-J", "-R"]);
                done(command.args(["-graft-points", "-o", "config.iso", "config.json=config.json"]))?;
            }
            Ok(())
        };
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                one(Path::new(name)).map_err(|error| error.to_string())?;
            }
            Ok::<(), String>(())
        };
        let (begun, cpu) = (Instant::now(), children());
        thread::scope(|scope| {
            let workers: Vec<_> = (0..at_once.min(names.len())).map(|_| scope.spawn(work)).collect();
            workers
                .into_iter()
                .try_for_each(|worker| worker.join().unwrap_or_else(|_| Err("a thread failed".to_owned())))
        })?;
        Ok(Some(Run { nodes: names.len(), wall: milliseconds(begun), cpu: children() - cpu, memory: None }))
    }
}

/// The programs beside tinderbox, as far as they are installed.
struct Tools {
    ct: Option<PathBuf>,
    xorriso: Option<PathBuf>,
    time: Option<PathBuf>,
}

impl Tools {
    fn find() -> Self {
        let find = |name: &str| {
            let referees = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/referees/bin");
            let path = env::var_os("PATH").unwrap_or_default();
            let found =
                [referees].into_iter().chain(env::split_paths(&path)).map(|dir| dir.join(name)).find(|f| f.is_file());
            if found.is_none() {
                eprintln!("there is no {name}, so nothing is measured with it");
            }
            found
        };
        Self { ct: find("ct"), xorriso: find("xorriso"), time: find("time") }
    }
}

fn done(command: &mut Command) -> Outcome<()> {
    let status = command.stderr(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, |n| n.get())
}

/// How busy the machine was in the last minute, others included.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0
}

/// Milliseconds of processor time of all children so far, in the kernel's steps of 10.
fn children() -> f64 {
    let stat = fs::read_to_string(STAT).unwrap_or_default();
    // Fields 16 and 17, cutime and cstime; the name, the second one, is in parentheses.
    let fields = stat.rsplit_once(") ").map(|(_, fields)| fields).unwrap_or_default();
    fields.split(' ').skip(13).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() * 10.0
}

/// The smallest, the middle and the largest.
fn spread(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    [at(0), at(values.len() / 2), at(values.len().saturating_sub(1))]
}

fn print(results: &BTreeMap<(usize, What), Vec<Run>>) {
    println!("| nodes | made by | ms, min | median | max | ms a node | CPU ms a node | peak MiB | faster a node |");
    println!("|--:|:--|--:|--:|--:|--:|--:|--:|:--|");
    let per_node =
        |runs: &[Run], of: fn(&Run) -> f64| spread(runs.iter().map(|run| of(run) / run.nodes as f64).collect())[1];
    for ((nodes, what), runs) in results {
        let [min, median, max] = spread(runs.iter().map(|run| run.wall).collect());
        let mine = per_node(runs, |run| run.wall);
        let memory = runs.iter().filter_map(|run| run.memory).max();
        let memory = memory.map_or_else(|| "-".to_owned(), |kib| format!("{:.1}", kib as f64 / 1024.0));
        let faster: Vec<String> = what
            .rivals()
            .iter()
            .filter_map(|rival| {
                // Where the rival was not run for so many machines, its time a machine for fewer.
                let (_, theirs) = results.iter().rfind(|((n, what), _)| what == rival && n <= nodes)?;
                Some(format!("{:.0} × {}", per_node(theirs, |run| run.wall) / mine, rival.name()))
            })
            .collect();
        println!(
            "| {nodes} | {} | {min:.1} | {median:.1} | {max:.1} | {mine:.3} | {:.3} | {memory} | {} |",
            what.name(),
            per_node(runs, |run| run.cpu),
            faster.join(", ")
        );
    }
}

/// What tinderbox does with one thread and without files, step by step.
fn phases(one: &mut Vec<u8>, nodes: usize, rounds: usize) -> Outcome<()> {
    const STEPS: [&str; 8] = [
        "read and check the description",
        "compose the machines",
        "hold each against itself",
        "check their units",
        "encode Container Linux Config",
        "encode Ignition JSON",
        "lay out the images",
        "SHA-256 of the images",
    ];
    let bytes = if nodes == 1 { std::mem::take(one) } else { serde_json::to_vec(&description(nodes)?)? };
    let mut times: [Vec<f64>; STEPS.len()] = Default::default();
    for _ in 0..rounds {
        let begun = Instant::now();
        let (cluster, _) = cluster::read(&bytes);
        let mut spent = [milliseconds(begun), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let cluster = cluster.ok_or("the grown cluster has problems")?;
        let keys = tinderbox::pki::Keys::placeholders();
        let mut cache = tinderbox::closure::Cache::default();
        let target = tinderbox::output::target(cluster.platform);
        for node in &cluster.nodes {
            let [_, compose, closed, check, readable, json, image, sum] = &mut spent;
            let machine = timed(compose, || component::compose(&cluster, node, &keys)).map_err(|_| "compose")?;
            timed(closed, || black_box(tinderbox::closure::check(&machine, &mut cache)));
            timed(check, || encode::check(&machine, target)).map_err(|_| "check")?;
            timed(readable, || black_box(encode::readable(&machine, target)));
            let config = timed(json, || encode::ignition(&machine, target));
            let image = timed(image, || iso::image("config", "config.json", &config))?;
            timed(sum, || black_box(Sha256::digest(&image)));
        }
        times.iter_mut().zip(spent).for_each(|(times, spent)| times.push(spent));
    }
    println!("\n| step, {nodes} nodes, one thread, no files | ms, min | median | max |\n|:--|--:|--:|--:|");
    for (step, times) in STEPS.iter().zip(times) {
        let [min, median, max] = spread(times);
        println!("| {step} | {min:.1} | {median:.1} | {max:.1} |");
    }
    Ok(())
}

/// Does something, and adds the time it took.
fn timed<T>(spent: &mut f64, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let result = work();
    *spent += milliseconds(begun);
    result
}
